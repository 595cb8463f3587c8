"""Truth: what really happened, one line a fault, for a scorer and for no watcher."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from simulators.world.book import Entry

FORMAT: Final = "srepok-truth/1"

Show = Callable[[int], str]
"""Writes a time of a run."""

FaultClass = Literal["outage", "degradation", "pipeline", "device", "sensor", "none"]
Expectation = Literal["incident", "record", "ticket", "info", "none"]


@dataclass(frozen=True, slots=True)
class TruthFault:
    """One fault as it was; times are in milliseconds.

    Attributes:
        fault: its name in the scenario, with a number where it hit several objects.
        fault_kind: what kind of fault the scenario made.
        category: by which the times to detection are compared.
        root: the object that failed.
        equivalent: objects that no watcher can tell from it.
        crossed: when it began to be an incident, where that is later than its onset: a slow
            degradation passed the limit, an overrun had its five minutes of grace.
        villages: those it impairs at any time, were it alone; so are links and devices.
    """

    fault: str
    fault_kind: str
    fault_class: FaultClass
    category: str
    expect: Expectation
    root: str
    cause: str
    onset: int
    end: int
    equivalent: Sequence[str] = ()
    planned: bool = False
    crossed: int | None = None
    villages: Iterable[str] = ()
    links: Iterable[str] = ()
    devices: Iterable[str] = ()
    text: str = ""

    def line(self, show: Show) -> dict[str, Any]:
        """Return its line of the truth log."""
        line = asdict(self)
        line["class"] = line.pop("fault_class")
        for name in ("villages", "links", "devices"):
            line[name] = sorted(line[name])
        for name in ("onset", "end", "crossed"):
            line[name] = None if line[name] is None else show(line[name])
        return {"kind": "fault", **line, "device_count": len(line["devices"])}


@dataclass(frozen=True, slots=True)
class Blind:
    """A time in which nobody could know, in milliseconds."""

    start: int
    end: int
    cause: Literal["broker", "feed"]

    def line(self, show: Show) -> dict[str, Any]:
        """Return its line of the truth log."""
        return {
            "kind": "blind",
            "start": show(self.start),
            "end": show(self.end),
            "cause": self.cause,
        }


def village_line(entry: Entry, faults: Sequence[TruthFault], show: Show) -> dict[str, Any]:
    """Return the line of a village's condition, with the faults that impair it meanwhile."""
    blamed = [
        fault.fault
        for fault in faults
        if fault.onset < entry.end and entry.start < fault.end and entry.village in fault.villages
    ]
    return {
        "kind": "village",
        "village": entry.village,
        "state": entry.condition.state,
        "reason": entry.condition.reason,
        "start": show(entry.start),
        "end": show(entry.end),
        "faults": blamed,
    }
