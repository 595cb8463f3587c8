"""The engine's state: everything that it remembers, in plain values that can be written down."""

from dataclasses import dataclass, field

from rules.engine.pipeline import Pipeline
from rules.engine.watch import Watched
from rules.model import Incident, VillageState, Window


@dataclass(slots=True)
class State:
    """What the engine remembers.

    Attributes:
        started_at: when it first heard of anything.
        watermark: the broker's time up to which it has judged, in seconds; 0 before anything.
        watched: of each device.
        incidents: open ones, by name.
        closed: candidates whose incident ended lately: its name, and when. What fails again is the
            same incident.
        villages: states other than served, and since when.
        windows: of maintenance, by name.
        pending: small causes that were found at the look before, by candidate, and when.
        noise: share of devices that are overdue for no known cause, smoothed over a minute.
        series: begins the name of each incident; another for each state that is begun anew, so
            that no two incidents have the same name.
        numbered: how many incidents were ever opened.
    """

    started_at: float = 0.0
    watermark: float = 0.0
    watched: dict[str, Watched] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)
    closed: dict[str, tuple[str, float]] = field(default_factory=dict)
    villages: dict[str, tuple[VillageState, float]] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    pipeline: Pipeline = field(default_factory=Pipeline)
    pending: dict[str, float] = field(default_factory=dict)
    noise: float = 0.0
    series: str = "i"
    numbered: int = 0
