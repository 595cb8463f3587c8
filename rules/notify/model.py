"""What is told: notices of incidents, in messages to receivers; all plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from rules.incidents.record import IncidentRecord
from rules.notify.matching import Matcher


class Telling(StrEnum):
    """What a notice says of its incident."""

    RAISE = "raise"
    """It is there; the first a receiver hears of it."""
    UPDATE = "update"
    """It grew, shrank, or has another cause."""
    REPEAT = "repeat"
    """It is still there, and nobody has taken it on."""
    RESOLVE = "resolve"
    """It is over, or turned out to be part of another."""


class Outcome(StrEnum):
    """What became of a message."""

    SENT = "sent"
    FAILED = "failed"
    """Not accepted; tried again until the receiver's time to give up."""
    GIVEN_UP = "given-up"
    WITHHELD = "withheld"
    """Not sent on purpose; the error field says why."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say of one incident to one receiver.

    Attributes:
        key: the same whenever the same is said to the same receiver, before and after a restart.
        thread: key of the raise that the receiver got; the same of all that follows it.
        before: the severity that the receiver was told last; empty if none.
        escalated: nobody took the incident on in time, so this receiver is told too.
    """

    key: str
    telling: Telling
    record: IncidentRecord
    thread: str
    before: str = ""
    escalated: bool = False

    @property
    def grew(self) -> bool:
        """Whether an update has another severity than the receiver knows."""
        return self.telling is Telling.UPDATE and self.before != self.record.severity


@dataclass(frozen=True, slots=True)
class Summary:
    """What a digest says of everything that is open.

    Attributes:
        ranking: incidents by household-minutes, the most first; not all of them.
        open_count: how many are open.
        villages: how many villages they impair together.
        households: that are without service.
    """

    ranking: tuple[IncidentRecord, ...]
    open_count: int
    villages: int
    households: int


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One message to one receiver.

    Attributes:
        key: of its notices; a receiver that has seen it can drop it.
        notices: what it says, the worst first.
        summary: of a digest; None where notices are told one by one.
        at: when it was made up, seconds since 1970.
        attempt: from 1; how often in a row this receiver was tried.
        groups: of the receiver's notices, those that it flushes.
    """

    key: str
    receiver: str
    language: str
    notices: tuple[Notice, ...]
    at: float
    summary: Summary | None = None
    attempt: int = 1
    groups: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """One word for what it does: a telling, `group` for several notices, or `digest`."""
        if self.summary is not None:
            return "digest"
        return self.notices[0].telling.value if len(self.notices) == 1 else "group"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a message, for the store and the timeline.

    Attributes:
        key: of the message; a second result of the same key is newer.
        error: why it failed or was withheld; never a secret.
    """

    key: str
    incidents: tuple[str, ...]
    receiver: str
    action: str
    outcome: Outcome
    at: float
    attempts: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Mute:
    """A silence or a shelf: what it covers is not told from its start to its end.

    Attributes:
        name: for the timeline.
        wanted: values by field, as in `Matcher`; a shelf names `incident` or `root`.
        starts_at: seconds since 1970.
        ends_at: excluded; None where it has no end.
    """

    name: str
    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    starts_at: float = 0
    ends_at: float | None = None

    def covers(self, record: IncidentRecord, now: float) -> bool:
        """Tell whether it withholds the incident's notices now."""
        holds = self.starts_at <= now and (self.ends_at is None or now < self.ends_at)
        return holds and Matcher(self.wanted).covers(record)


def key_of(*parts: object) -> str:
    """Return a short name that is the same for the same parts."""
    text = "\0".join(str(part) for part in parts)
    return f"msg_{sha256(text.encode()).hexdigest()[:32]}"
