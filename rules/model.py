"""What the rules are told and what they say: plain values, with instants in seconds since 1970.

The engine counts in seconds because it only ever adds and compares times; whoever talks to people
or to a database turns them into instants at the edge.
"""

from dataclasses import dataclass, field
from enum import StrEnum

# -- what the engine is told ----------------------------------------------------------


@dataclass(slots=True)
class Report:
    """A device's report, in the values that decisions are made of.

    Attributes:
        at: when the broker had it; liveness is judged by this alone.
        loss: share of probes lost, from 0 to 1; None where the device sends no probes.
        on_battery: whether it says that its mains are off; None if it does not say.
        digest: of all its values: a sensor that is stuck repeats it.
    """

    at: float
    device: str
    boot_id: int
    seq: int
    backfill: bool = False
    interval: float | None = None
    loss: float | None = None
    on_battery: bool | None = None
    digest: int = 0


@dataclass(slots=True)
class Said:
    """An event or a status: boot, shutdown, dying_gasp, loss_of_signal, online, will, goodbye."""

    at: float
    device: str
    what: str


@dataclass(slots=True)
class Session:
    """The broker accepted a device's session, or it ended for a reason."""

    at: float
    device: str
    connected: bool
    reason: str = ""


@dataclass(slots=True)
class Own:
    """A part of our own pipeline went down or came up: broker, ingest, database.

    Attributes:
        blinding: while it is down, nothing is seen, and nobody is taken to be silent.
    """

    at: float
    part: str
    up: bool
    blinding: bool = True


@dataclass(slots=True)
class Beat:
    """A canary of our own came back through the broker: who is silent now is silent."""

    at: float


@dataclass(slots=True)
class Window:
    """A window of maintenance on a node, link or village was announced."""

    at: float
    name: str
    node: str
    starts_at: float
    ends_at: float


Event = Report | Said | Session | Own | Beat | Window

# -- what the engine says -------------------------------------------------------------


class IncidentClass(StrEnum):
    """What kind of thing is wrong."""

    OUTAGE = "outage"
    DEGRADATION = "degradation"
    PIPELINE = "pipeline"
    DEVICE = "device"
    SENSOR = "sensor"
    RULE = "rule"
    """An alert of the rulebook; the engine opens none of these."""


class Severity(StrEnum):
    """How bad it is, by impact (X.733's words; what is over is not a severity here)."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"
    WARNING = "warning"
    INDETERMINATE = "indeterminate"


class Action(StrEnum):
    """What happened to an incident."""

    OPEN = "open"
    UPDATE = "update"
    CLEAR = "clear"


class VillageState(StrEnum):
    """What is known of a village."""

    SERVED = "served"
    DEGRADED = "degraded"
    DARK = "dark"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"


class LinkState(StrEnum):
    """What is known of a link.

    Suspect, recovering and device-silent are steps on the way: `LinkNotice` never has them.
    """

    UNKNOWN = "unknown"
    UP = "up"
    SUSPECT = "suspect"
    DOWN = "down"
    DEGRADED = "degraded"
    RECOVERING = "recovering"
    DEVICE_SILENT = "device-silent"
    STALE = "stale"
    MAINTENANCE = "maintenance"


@dataclass(slots=True)
class IncidentNotice:
    """One step in the life of an incident.

    Attributes:
        at: when it was decided.
        root: the objects taken for the cause; several that no evidence tells apart.
        root_kind: kind of the cause: a node's, or link, village, operator, device, pipeline.
        onset: when it began, as far as evidence tells; earlier than `at`.
        end: when it ended; on clear only.
        planned: it lies inside an announced window.
        notified: whether people are told.
        reason: the decision's name, for log, row and screen.
        flapping: it goes down and comes up again and again.
        into: the incident of which it turned out to be a part; on clear only.
    """

    at: float
    incident: str
    action: Action
    incident_class: IncidentClass
    root: tuple[str, ...]
    villages: tuple[str, ...]
    links: tuple[str, ...]
    onset: float
    reason: str
    end: float | None = None
    planned: bool = False
    notified: bool = True
    root_kind: str = ""
    flapping: bool = False
    into: str | None = None


@dataclass(slots=True)
class VillageNotice:
    """A village's state changed, from `since` on; `*` is every village.

    Attributes:
        reason: what is to blame: network, power, unknown, pipeline; recovered when it is over.
        incident: the incident that did it, if one did.
    """

    at: float
    village: str
    state: VillageState
    since: float
    reason: str
    incident: str | None = None


@dataclass(slots=True)
class LinkNotice:
    """A link's state changed, from `since` on; `*` is every link.

    Attributes:
        incident: because of which; None where none is.
    """

    at: float
    link: str
    state: LinkState
    since: float
    reason: str
    incident: str | None = None


@dataclass(slots=True)
class Withheld:
    """Something that would have been an alert by itself was not made one.

    Attributes:
        objects: the devices, links or causes it would have been about.
        reason: why not, by name: `explained`, `planned`, `blind`, `excused`, `merged`.
        incident: the incident that speaks for it; None where none does.
    """

    at: float
    objects: tuple[str, ...]
    reason: str
    incident: str | None = None


Transition = IncidentNotice | VillageNotice | LinkNotice | Withheld


@dataclass(slots=True)
class Incident:
    """An incident that is open.

    Attributes:
        candidate: the engine's name of its cause.
        fell_later: links and villages that it took after the onset, and when: batteries ended, or
            what was back fell again.
        members: devices whose silence it explains.
        founders: those of them that fell silent together; their return ends it.
        back: when a member first gave a sign again, by device.
        returned: how many reports of it came since, by device.
        over: links and villages that are back although the rest goes on, and since when.
        released: founders that are back with those; what they do now is another matter.
        fell_at: when what was back fell again, the last time.
        rejoined: when other devices than founders were heard again, where batteries had ended.
        planned_until: end of the announced window in which it lies.
        again: it ended lately and began again: its next end waits for longer.
        flapping: it goes down and comes up again and again.
        told_flapping: what people were told last of that.
        was_up: most founders were back since it went down last.
        told_at: when people were last told of it.
    """

    name: str
    incident_class: IncidentClass
    candidate: str
    root: tuple[str, ...]
    onset: float
    opened_at: float
    villages: set[str] = field(default_factory=set)
    links: set[str] = field(default_factory=set)
    fell_later: dict[str, float] = field(default_factory=dict)
    members: set[str] = field(default_factory=set)
    founders: set[str] = field(default_factory=set)
    back: dict[str, float] = field(default_factory=dict)
    returned: dict[str, int] = field(default_factory=dict)
    over: dict[str, float] = field(default_factory=dict)
    released: set[str] = field(default_factory=set)
    fell_at: float = 0.0
    rejoined: dict[str, float] = field(default_factory=dict)
    planned_until: float | None = None
    notified: bool = True
    root_kind: str = ""
    again: bool = False
    flapping: bool = False
    told_flapping: bool = False
    was_up: bool = False
    told_at: float = 0.0
