"""The rulebook's state: everything that it remembers, in plain values that can be written down.

There is a track for each rule on each device and a slot for each part of a window, so tens of
thousands, written every few seconds: they are written without the names of their fields.
"""

from dataclasses import dataclass
from dataclasses import field as attribute
from enum import StrEnum

from msgspec import Struct, field

from rules.rulebook.changes import AlertChange


class Status(StrEnum):
    """What is known of a rule on a subject."""

    INACTIVE = "inactive"
    PENDING = "pending"
    """The condition holds, not yet long enough."""
    FIRING = "firing"
    RESOLVED = "resolved"
    """It fired, and fresh values showed its end."""
    UNKNOWN = "unknown"
    """It was pending or firing when data stopped; what fired stays open."""


class Slot(Struct, array_like=True, omit_defaults=True):
    """The values of a part of a window.

    Attributes:
        total: their sum, in millionths.
        offsets: sum of their times from the slot's start, in milliseconds.
        taken: these times in order, so that a repeat is known; None once nothing more is taken.
        touched: the newest instant of the series when a value was last taken here; 0 once nothing
            more is taken.
        least: of the values, where it is asked for.
        most: of the values, where it is asked for.
    """

    count: int = 0
    total: int = 0
    offsets: int = 0
    taken: list[int] | None = None
    touched: float = 0.0
    least: float = 0.0
    most: float = 0.0


class Held(Struct, array_like=True):
    """What is held of a window of values.

    Attributes:
        slots: by number, which counts from 1970; in order.
        count: of the values in them.
        total: their sum, in millionths: whole numbers, so that no order of adding and taking away
            makes a difference.
    """

    slots: dict[int, Slot] = field(default_factory=dict)
    count: int = 0
    total: int = 0


class Track(Struct, array_like=True, omit_defaults=True):
    """What is remembered of one rule on one subject.

    Attributes:
        signature: of the rule; a rule that means something else does not take it over.
        heard: the instant of the newest value.
        value: the newest, as the rule sees it.
        since: since when the condition holds.
        clear_since: since when it does not, while the alert is kept firing.
        told: the newest change of the alert that is open.
        held: of its window, if it has one.
        parts: instant and value of what a ratio is made of.
        look_at: when a share is counted again, or a window reduced.
    """

    signature: str
    heard: float = 0.0
    value: float | None = None
    status: Status = Status.INACTIVE
    since: float = 0.0
    clear_since: float | None = None
    told: AlertChange | None = None
    held: Held | None = None
    parts: dict[str, tuple[float, float]] = field(default_factory=dict)
    look_at: float | None = None


class Said(Struct, array_like=True, omit_defaults=True):
    """What a device said of a metric, of which nothing followed yet.

    Attributes:
        heard: the instant of the newest value.
        value: the newest.
        waiting: what windows have not taken yet: instant, value, the next instant, and so on. The
            instants grow.
    """

    heard: float = 0.0
    value: float = 0.0
    waiting: list[float] = field(default_factory=list)


@dataclass(slots=True)
class RuleBookState:
    """What the rulebook remembers.

    Attributes:
        now: the time up to which it has judged; 0 before anything.
        seeing_since: since when we could see; silence before is nobody's.
        blind: we cannot see.
        tracks: by rule and subject, as `group/rule|subject`.
        series: begins the name of each alert; another for each state that is begun anew, so that
            no two alerts have the same name.
        numbered: how many alerts were ever opened.
        said: by device and metric, as `device|metric`; tracks may be behind it.
    """

    now: float = 0.0
    seeing_since: float = 0.0
    blind: bool = False
    tracks: dict[str, Track] = attribute(default_factory=dict)
    series: str = ""
    numbered: int = 0
    said: dict[str, Said] = attribute(default_factory=dict)
