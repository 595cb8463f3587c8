"""Lines of the notification log: what of a thread must survive a kill, and how it comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rules.notify.model import Dispatch, Notice, Telling
from rules.notify.state import Standing, Thread, fingerprint


class Step(StrEnum):
    """How far a message has come."""

    BEGUN = "begun"
    """Written before it goes out: a receiver may have it although nobody lived to note that."""
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class LogLine:
    """One notice of a message, at one step.

    Attributes:
        number: counts lines, from 1.
        at: seconds since 1970.
        message: key of the dispatch.
        notice: key of the notice.
        messages: what the message counts for when a storm is looked for; of its first line only.
        uncertain: whether the receiver may know of the incident, though nothing was accepted.
    """

    number: int
    at: float
    step: Step
    message: str
    notice: str
    receiver: str
    incident: str
    telling: Telling
    revision: int
    fingerprint: str
    severity: str
    round: int
    route: str
    group: str
    language: str
    wanted_since: float
    escalated: bool = False
    answers: int = 0
    digest: bool = False
    messages: int = 0
    uncertain: bool = False

    def apply(self, thread: Thread) -> None:
        """Bring a thread to what the line says; doing so twice changes nothing more."""
        thread.route, thread.group = self.route, self.group
        thread.language, thread.escalated = self.language, self.escalated
        thread.answers = self.answers
        thread.round, thread.wanted_since = self.round, self.wanted_since
        if self.step is not Step.SENT:
            if self.telling is Telling.RAISE:
                thread.uncertain = self.uncertain
            return
        if self.telling is Telling.RESOLVE:
            thread.resolved = True
        elif self.telling is Telling.RAISE:
            thread.raised, thread.resolved = True, False
        elif self.telling is Telling.REPEAT:
            thread.repeats += 1
        thread.told_at, thread.revision = self.at, self.revision
        thread.fingerprint, thread.severity = self.fingerprint, self.severity
        thread.given_up = thread.withheld = ""

    def apply_to_standing(self, standing: Standing) -> None:
        """Note in the receiver's standing that the message went out."""
        if self.step is not Step.SENT:
            return
        standing.flushed[self.group] = self.at
        if self.messages:
            standing.recent.append((self.at, self.messages))
        if self.digest:
            standing.digest_at = self.at


def lines_of(
    dispatch: Dispatch,
    threads: Mapping[str, Thread],
    step: Step,
    at: float,
    after: int,
    uncertain: Mapping[str, bool],
) -> list[LogLine]:
    """Return the lines of a message.

    Args:
        dispatch: the message.
        threads: of its receiver, by incident.
        step: how far it has come.
        at: when.
        after: number of the line before.
        uncertain: by incident, what the threads are to hold from then on.
    """
    counted = max(1, len(dispatch.groups))

    def line(at_index: int, notice: Notice) -> LogLine:
        record = notice.record
        thread = threads[record.incident]
        return LogLine(
            number=after + at_index,
            at=at,
            step=step,
            message=dispatch.key,
            notice=notice.key,
            receiver=dispatch.receiver,
            incident=record.incident,
            telling=notice.telling,
            revision=record.revision,
            fingerprint=fingerprint(record),
            severity=record.severity.value,
            round=thread.round,
            route=thread.route,
            group=thread.group,
            language=thread.language,
            wanted_since=thread.wanted_since,
            escalated=thread.escalated,
            answers=thread.answers,
            digest=dispatch.summary is not None,
            messages=counted if at_index == 1 else 0,
            uncertain=uncertain.get(record.incident, False),
        )

    return [line(index, notice) for index, notice in enumerate(dispatch.notices, 1)]
