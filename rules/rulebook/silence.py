"""Rules about silence: nothing was heard of a device for too long."""

from typing import Final

from rules.rulebook import alerts as said
from rules.rulebook.book import BookRule
from rules.rulebook.machine import Machine, Surroundings
from rules.rulebook.rule import Absence
from rules.rulebook.state import Status
from rules.rulebook.subjects import Subject

_LEAST_INTERVALS: Final = 2.0
"""A device that is late once is not silent, whatever a rule says."""


class SilenceMachine(Machine):
    """The silence of one device; its value is how many seconds it has lasted."""

    __slots__ = ()

    def __init__(self, entry: BookRule, subject: Subject, key: str, around: Surroundings) -> None:
        super().__init__(entry, subject, key, around)
        rule = entry.rule
        given = rule.intervals if isinstance(rule, Absence) else None
        wanted = given * subject.interval if given is not None else self.hold
        self.hold = max(wanted, _LEAST_INTERVALS * subject.interval)
        self._keep_track()

    def take(self, at: float, value: float, device: str, metric: str) -> None:  # noqa: ARG002 - that it came is all
        """Take that it was heard."""
        track = self.track
        if at <= track.heard:
            return
        if track.told is None and at <= track.heard + self.hold:
            track.heard = at  # its time is later now, as the next look finds by itself
            return
        self.pass_time(at)
        track.heard = at
        # What was measured long ago and comes now does not show that it reports again.
        if track.told is not None and at + self.hold > self._around.state.now:
            track.value = 0.0
            self.judge(at, holds=False, cleared=True, reason=said.HEARD_AGAIN)
        self._around.schedule(self)

    def deadline(self) -> float | None:
        """Return when it has been silent for too long, or loud for long enough."""
        track = self.track
        if track.told is not None:
            if track.clear_since is None:
                return None
            return min(track.clear_since + self.keep, track.heard + self.hold)
        if self._around.state.blind:
            return None
        return max(track.heard, self._around.state.seeing_since) + self.hold

    def expire(self, at: float) -> None:
        """Open, end, or go on."""
        track = self.track
        if track.told is None:
            track.since = at - self.hold
            track.value = self.hold
            track.status = Status.PENDING
            self._fire(at)
        elif track.clear_since is not None and at >= track.clear_since + self.keep:
            self._resolve(at, said.HEARD_AGAIN)
        else:
            track.clear_since = None
