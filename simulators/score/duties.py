"""Duties beside incidents: work that was announced is recorded, broken devices get tickets."""

from dataclasses import dataclass
from typing import Final

from simulators.score.incidents import IncidentLog
from simulators.score.likeness import AGREEMENT, compatible, overlap, window
from simulators.score.sums import Sums
from simulators.score.truth import Fault, Truth

_TICKETS: Final = frozenset({"device", "sensor"})


@dataclass(frozen=True, slots=True)
class Duties(Sums):
    """Counts of what should be written down without calling people.

    Attributes:
        works: faults inside announced windows.
        recorded: those recorded without a notice.
        broken: devices that deserve a ticket.
        ticketed: those that got one in time.
    """

    works: int = 0
    recorded: int = 0
    broken: int = 0
    ticketed: int = 0


def count_duties(truth: Truth, log: IncidentLog) -> Duties:
    """Count what should have been written down in a run, and what was."""
    interval = truth.run.interval
    works = [fault for fault in truth.faults if fault.expect == "record"]
    broken = [fault for fault in truth.faults if fault.expect == "ticket"]
    return Duties(
        works=len(works),
        recorded=sum(_recorded(fault, log, interval) for fault in works),
        broken=sum(len(fault.devices) for fault in broken),
        ticketed=sum(len(_ticketed(fault, log, interval)) for fault in broken),
    )


def _recorded(fault: Fault, log: IncidentLog, interval: int) -> bool:
    allowed = window(fault, interval)
    return any(
        incident.told_at is None
        and allowed.start <= incident.opened_at <= allowed.end
        and compatible(fault, incident)
        and overlap(fault, incident) >= AGREEMENT
        for incident in log.incidents
    )


def _ticketed(fault: Fault, log: IncidentLog, interval: int) -> frozenset[str]:
    allowed = window(fault, interval)
    roots = [
        incident.root
        for incident in log.incidents
        if incident.incident_class in _TICKETS
        and allowed.start <= incident.opened_at <= allowed.end
    ]
    return fault.devices.intersection(*[frozenset().union(*roots)])
