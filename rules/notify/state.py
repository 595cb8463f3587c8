"""What the ledger knows, as plain values: the rules' snapshot keeps it."""

from dataclasses import dataclass, field
from hashlib import sha256

from rules.incidents.mutes import Mute
from rules.incidents.record import IncidentRecord


@dataclass(slots=True)
class Thread:
    """What one receiver was told of one incident.

    Attributes:
        route: the path of the route that led here.
        group: its notices are told together with those of its group.
        language: of the route.
        wanted_since: since when there is something to tell.
        escalated: the receiver came in by a step of escalation.
        answers: which of people's calls for more attention brought the receiver in; 0 if none did.
        round: counts how often the incident began again under its name.
        raised: the raise was accepted.
        uncertain: the raise may have been accepted; a resolve is owed all the same.
        resolved: the resolve was accepted.
        told_at: when anything was accepted last.
        revision: of the incident that was told last.
        fingerprint: of what was told last; the same is not told twice.
        severity: that was told last.
        repeats: how often it was repeated.
        given_up: key of the notice that is tried only where there is nothing else to tell.
        withheld: why nothing was told, as it was last reported.
    """

    route: str = ""
    group: str = ""
    language: str = "en"
    wanted_since: float = 0.0
    escalated: bool = False
    answers: int = 0
    round: int = 1
    raised: bool = False
    uncertain: bool = False
    resolved: bool = False
    told_at: float = 0.0
    revision: int = 0
    fingerprint: str = ""
    severity: str = ""
    repeats: int = 0
    given_up: str = ""
    withheld: str = ""

    @property
    def owed(self) -> bool:
        """Whether the receiver heard, or may have heard, of it: then it hears of the end."""
        return (self.raised or self.uncertain) and not self.resolved


@dataclass(slots=True)
class Followed:
    """An incident that somebody is or was told of.

    Attributes:
        record: at its newest step.
        since: from when on people could be told.
        taken: since when it takes which route, by path: escalation counts from there.
        called: steps of escalation that were taken, each a route's path and a receiver.
        quiet: nobody was to be told of it when it was last looked at.
        handed_over: others came in charge while somebody had it; they do not know of it.
        answered: how many of people's calls for more attention were answered by a step.
    """

    record: IncidentRecord
    since: float
    taken: dict[str, float] = field(default_factory=dict)
    called: list[tuple[str, str]] = field(default_factory=list)
    quiet: bool = False
    handed_over: bool = False
    answered: int = 0


@dataclass(slots=True)
class Standing:
    """How one receiver does.

    Attributes:
        failures: in a row.
        failing_since: of the first of them.
        retry_at: it is left alone until then.
        recent: when messages went to it lately, and how many each stands for.
        digest_at: when the last digest went.
        error: what the last failure was; never a secret.
        flushed: when each group of its notices was told last.
    """

    failures: int = 0
    failing_since: float = 0.0
    retry_at: float = 0.0
    recent: list[tuple[float, int]] = field(default_factory=list)
    digest_at: float | None = None
    error: str = ""
    flushed: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class NotifyState:
    """All that the ledger knows.

    Attributes:
        incidents: by name.
        threads: by receiver, then by incident.
        standings: by receiver.
        mutes: that people made; those that are over may be among them.
        acknowledged: until when, by incident; None for without end.
        escalated: how often people called for more attention, by incident.
        logged: number of the last line of the notification log that this state includes.
    """

    incidents: dict[str, Followed] = field(default_factory=dict)
    threads: dict[str, dict[str, Thread]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    mutes: list[Mute] = field(default_factory=list)
    acknowledged: dict[str, float | None] = field(default_factory=dict)
    escalated: dict[str, int] = field(default_factory=dict)
    logged: int = 0


def fingerprint(record: IncidentRecord) -> str:
    """Return a digest of what people are told of an incident: a change of it is news."""
    impacts = ((each.village, each.state.value, each.until is None) for each in record.impacts)
    told = (
        record.severity.value,
        sorted(record.root),
        sorted(impacts),
        sorted(record.links),
        record.flapping,
    )
    return sha256(repr(told).encode()).hexdigest()[:16]
