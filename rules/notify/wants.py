"""What a receiver should be told of an incident, and from when on: a pure decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rules.incidents.mutes import Mute
from rules.incidents.record import IncidentRecord, Status
from rules.notify.matching import rank
from rules.notify.model import Notice, Telling, key_of
from rules.notify.routes import Route
from rules.notify.state import Thread, fingerprint

NEVER: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Want:
    """What there is to tell.

    Attributes:
        telling: None where there is nothing.
        ready_at: from when on it may be told; infinite where only a change brings it up again.
        withheld: why a raise is not told although the incident is open.
    """

    telling: Telling | None = None
    ready_at: float = NEVER
    withheld: str = ""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision depends on beside the incident and what was told.

    Attributes:
        route: that led to the receiver.
        flushed_at: when the thread's group was told last; None if never.
        acknowledged_until: until when somebody has taken the incident on; 0 if nobody has.
        mutes: that people made.
    """

    route: Route
    flushed_at: float | None
    acknowledged_until: float
    mutes: Sequence[Mute]


def decide(thread: Thread, record: IncidentRecord, around: Circumstances, now: float) -> Want:
    """Return what a thread's receiver should be told."""
    if record.status is Status.CLEARED:
        # Whatever was made mute meanwhile: who heard that it began hears that it ended.
        return Want(Telling.RESOLVE, now) if thread.owed else Want()
    if thread.resolved:
        return Want()
    reason, until = withheld(record, around.mutes, now)
    if reason:
        return Want(None, until, reason)
    if not thread.raised:
        return Want(Telling.RAISE, _raise_at(thread, around))
    return _more(thread, record, around)


def withheld(record: IncidentRecord, mutes: Sequence[Mute], now: float) -> tuple[str, float]:
    """Return why an incident is not told now, empty if it is; and until when that is known."""
    if record.planned:
        return "planned", NEVER
    if not record.notified:
        return "not notified", NEVER
    for mute in mutes:
        if mute.covers(record, now):
            return f"muted by {mute.name}", mute.over_at
    return "", NEVER


def _raise_at(thread: Thread, around: Circumstances) -> float:
    if thread.escalated:
        return thread.wanted_since
    ready = thread.wanted_since + around.route.group_wait.total_seconds()
    if around.flushed_at is None:
        return ready
    return max(ready, around.flushed_at + around.route.group_interval.total_seconds())


def _more(thread: Thread, record: IncidentRecord, around: Circumstances) -> Want:
    route = around.route
    if record.revision > thread.revision and fingerprint(record) != thread.fingerprint:
        if rank(record.severity) < rank(thread.severity):
            return Want(Telling.UPDATE, 0)
        return Want(Telling.UPDATE, thread.told_at + route.group_interval.total_seconds())
    again_at = thread.told_at + route.repeat_interval.total_seconds()
    return Want(Telling.REPEAT, max(again_at, around.acknowledged_until))


def make_notice(receiver: str, thread: Thread, record: IncidentRecord, telling: Telling) -> Notice:
    """Return the notice; its key is the same whenever the same is said."""
    which: object = thread.round
    if telling is Telling.UPDATE:
        which = f"{thread.round}/{record.revision}"
    elif telling is Telling.REPEAT:
        which = f"{thread.round}/{thread.repeats + 1}"
    return Notice(
        key_of(receiver, record.incident, telling, which),
        telling,
        record,
        thread=key_of(receiver, record.incident, Telling.RAISE, thread.round),
        before=thread.severity,
        escalated=thread.escalated,
    )
