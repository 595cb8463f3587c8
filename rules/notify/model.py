"""What is told: notices of incidents, in messages to receivers; all plain values."""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from rules.incidents.record import IncidentRecord


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
    """Not accepted; tried again."""
    GIVEN_UP = "given-up"
    """Not accepted for so long that everything else goes first from now on."""
    WITHHELD = "withheld"
    """Not sent on purpose; the error field says why."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to say of one incident to one receiver.

    Attributes:
        key: the same whenever the same is said to the same receiver, before and after a restart.
        thread: key of the raise that the receiver got; the same of all that follows it.
        before: the severity that the receiver was told last; empty if none.
        escalated: nobody took the incident on in time, or somebody called for more attention, so
            this receiver is told too.
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


def key_of(*parts: object) -> str:
    """Return a short name that is the same for the same parts."""
    text = "\0".join(str(part) for part in parts)
    return f"msg_{sha256(text.encode()).hexdigest()[:32]}"
