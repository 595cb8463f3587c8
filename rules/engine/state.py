"""The engine's state: everything that it remembers, in plain values that can be written down."""

from dataclasses import dataclass, field

from rules.engine.pipeline import Pipeline
from rules.engine.watch import Watched
from rules.model import Incident, LinkState, VillageState, Window


@dataclass(slots=True)
class VillageHeld:
    """What is held of a village that is not served; the fields are those of its notice.

    Attributes:
        after: it was in another such state until then.
    """

    state: VillageState
    since: float
    reason: str
    incident: str | None = None
    after: float = 0.0


@dataclass(slots=True)
class LinkHeld:
    """What is held of a link that is not up; the fields are those of its notice.

    Attributes:
        after: it was in another such state until then.
    """

    state: LinkState
    since: float
    reason: str
    incident: str | None = None
    after: float = 0.0


@dataclass(slots=True)
class State:
    """What the engine remembers.

    Attributes:
        started_at: when it first heard of anything.
        watermark: the broker's time up to which it has judged, in seconds; 0 before anything.
        next_look: when it judges next.
        looks: how often it has judged.
        interval: of most devices, in seconds.
        watched: of each device.
        incidents: open ones, by name.
        closed: candidates whose incident ended lately: its name, and when. What fails again is the
            same incident.
        villages: those that are not served.
        links: those that are not up.
        unknown: links of which nothing is heard; an incident may say more of them.
        covered: links not heard yet since an incident said what they are; until when it did.
        blind: everything was said to be unknown, because our own pipeline is away.
        left: devices that stayed silent when an outage ended, and when that was.
        penalties: how unsteady a candidate is, and as of when; it halves every quarter of an hour.
        windows: of maintenance, by name.
        pending: small causes that were found at the looks before: how often, and when last.
        lone: when devices came back that had been silent for no known cause, of late.
        noise: share of devices that are overdue for no known cause, smoothed over a minute.
        series: begins the name of each incident; another for each state that is begun anew, so
            that no two incidents have the same name.
        numbered: how many incidents were ever opened.
    """

    started_at: float = 0.0
    watermark: float = 0.0
    next_look: float = 0.0
    looks: int = 0
    interval: float = 0.0
    watched: dict[str, Watched] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    closed: dict[str, tuple[str, float]] = field(default_factory=dict)
    villages: dict[str, VillageHeld] = field(default_factory=dict)
    links: dict[str, LinkHeld] = field(default_factory=dict)
    unknown: dict[str, LinkHeld] = field(default_factory=dict)
    covered: dict[str, float] = field(default_factory=dict)
    blind: bool = False
    left: dict[str, float] = field(default_factory=dict)
    penalties: dict[str, tuple[float, float]] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    pipeline: Pipeline = field(default_factory=Pipeline)
    pending: dict[str, tuple[int, float]] = field(default_factory=dict)
    lone: list[float] = field(default_factory=list)
    noise: float = 0.0
    series: str = "i"
    numbered: int = 0
