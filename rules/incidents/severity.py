"""Severity: how bad an incident is by what it does, and not by what its device says of itself."""

from collections.abc import Sequence
from typing import Final

from rules.incidents.record import VillageImpact
from rules.model import IncidentClass, Severity

MANY: Final = 5
"""So many villages that are only degraded are more than a nuisance."""

RANK: Final = {severity: rank for rank, severity in enumerate(Severity)}
"""Order of severities, the worst first."""

_SEES_ON: Final = "database"
"""The one part of ours without which everything is still seen."""


def severity_by_impact(
    incident_class: IncidentClass,
    impacts: Sequence[VillageImpact],
    links: Sequence[str],
    part: str,
) -> Severity:
    """Return how bad it is.

    Critical: a village has no link left, or we are blind. Major: a village of several links lost
    one, many villages are degraded, or nothing is stored. Minor: less. Warning: one device.

    Args:
        incident_class: what kind of thing is wrong.
        impacts: on villages, those that are over left out.
        links: that it takes down.
        part: of our own pipeline, with which the reason of its incidents begins.
    """
    if incident_class is IncidentClass.PIPELINE:
        return Severity.MAJOR if part.startswith(_SEES_ON) else Severity.CRITICAL
    if incident_class in {IncidentClass.DEVICE, IncidentClass.SENSOR}:
        return Severity.WARNING
    if any(impact.share >= 1 for impact in impacts):
        return Severity.CRITICAL
    if incident_class is IncidentClass.OUTAGE and links:
        return Severity.MAJOR
    return Severity.MAJOR if len(impacts) >= MANY else Severity.MINOR
