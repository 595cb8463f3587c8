"""Likeness: whether an incident can be about a fault, and how well the two agree."""

from collections.abc import Set as AbstractSet
from typing import Final

from simulators.score.limits import MOST_ROOTS
from simulators.score.lives import Incident
from simulators.score.spans import Span
from simulators.score.truth import Fault

AGREEMENT: Final = 0.5
"""From this overlap on, an incident is about a fault."""

_SERVICE: Final = frozenset({"outage", "degradation"})
_REMARKS: Final = frozenset({"info", "degradation", "pipeline"})
_PIPELINE_LATE: Final = 2
"""T after its end in which a pipeline fault can still be told: a watcher that is fed nothing has
a clock that stands still."""


def compatible(fault: Fault, incident: Incident) -> bool:
    """Whether the incident's class is one that the fault's class allows."""
    if fault.expect == "info":
        return incident.incident_class in _REMARKS
    if fault.fault_class in _SERVICE:
        return incident.incident_class in _SERVICE
    return fault.fault_class == incident.incident_class


def window(fault: Fault, interval: int) -> Span:
    """Return when an incident of this fault may open: from T before its onset to its end.

    Args:
        fault: the fault.
        interval: T, in milliseconds; so is what is returned, and its end counts as within.
    """
    late = _PIPELINE_LATE * interval if fault.fault_class == "pipeline" else 0
    return Span(fault.onset - interval, fault.end + late)


def names_root(fault: Fault, incident: Incident) -> bool:
    """Whether the incident names the fault's root, or what nobody could tell from it.

    Naming everything names nothing: an incident may name at most `MOST_ROOTS` codes, or twice as
    many as there are to be told apart.
    """
    causes = {fault.root} | fault.equivalent
    most = max(MOST_ROOTS, 2 * len(causes))
    return len(incident.root) <= most and not causes.isdisjoint(incident.root)


def overlap(fault: Fault, incident: Incident) -> float:
    """Return how well their villages agree, or their links if that is better, from 0 to 1.

    It is the share of what is in either that is in both. The pipeline has neither, and what has
    neither otherwise is known by its root.
    """
    if fault.fault_class == "pipeline":
        return 1.0
    if not fault.villages and not fault.links:
        return 1.0 if fault.expect == "info" or names_root(fault, incident) else 0.0
    return max(_jaccard(fault.villages, incident.villages), _jaccard(fault.links, incident.links))


def inside(fault: Fault, incident: Incident) -> float:
    """Return the share of the incident's villages, or links, that the fault hits too."""
    if fault.fault_class == "pipeline":
        return 1.0
    if not fault.villages and not fault.links:
        return overlap(fault, incident)
    return max(_share(incident.villages, fault.villages), _share(incident.links, fault.links))


def alike(one: Incident, other: Incident) -> bool:
    """Whether two incidents speak of the same: the same root, or half of the same places."""
    if one.incident_class == other.incident_class == "pipeline":
        return True
    if one.root and one.root == other.root:
        return True
    agreement = max(_jaccard(one.villages, other.villages), _jaccard(one.links, other.links))
    return agreement >= AGREEMENT


def _jaccard(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0


def _share(part: AbstractSet[str], whole: AbstractSet[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0
