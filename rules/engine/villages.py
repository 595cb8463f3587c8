"""Villages: their states, fused from the incidents that are open and from what is heard."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rules.engine.network import Network, feeds
from rules.engine.state import VillageHeld
from rules.model import Incident, IncidentClass, VillageState

_Fall = tuple[float, Incident]
"""Since when a link is down, and by which incident."""


def fuse_villages(incidents: Iterable[Incident], network: Network) -> dict[str, VillageHeld]:
    """Return what the open incidents make of each village that one of them impairs.

    All links down: dark. Some down, a link that is bad, or no mains: degraded. The same inside an
    announced window: maintenance.
    """
    impairing: dict[str, list[Incident]] = defaultdict(list)
    down: dict[str, dict[str, _Fall]] = defaultdict(dict)
    for incident in sorted(incidents, key=lambda each: (each.onset, each.name)):
        if incident.incident_class in {IncidentClass.OUTAGE, IncidentClass.DEGRADATION}:
            for village in incident.villages:
                impairing[village].append(incident)
        if incident.incident_class is IncidentClass.OUTAGE:
            for link, fall in falls(incident):
                falls_of = down[network.links[link].village]
                falls_of[link] = min(falls_of.get(link, fall), fall, key=lambda each: each[0])
    return {
        village: _fuse(village, causes, down.get(village, {}), network)
        for village, causes in impairing.items()
    }


def falls(incident: Incident) -> Iterable[tuple[str, _Fall]]:
    """Return the links that an outage took down, and since when."""
    since = incident.fell_later
    return ((link, (since.get(link, incident.onset), incident)) for link in incident.links)


def _fuse(
    village: str, causes: list[Incident], down: Mapping[str, _Fall], network: Network
) -> VillageHeld:
    links = network.links_of_village.get(village, ())
    first = causes[0]
    state, blamed = VillageState.DEGRADED, first
    since = first.fell_later.get(village, first.onset)
    # A village that is cut off as a whole has no link, whether or not one is known.
    whole = [
        incident
        for incident in causes
        if village in incident.root and incident.over.keys().isdisjoint(links)
    ]
    if links and all(link in down for link in links):
        # It is dark since the last of its links fell.
        state = VillageState.DARK
        since, blamed = max(down.values(), key=lambda fall: fall[0])
    elif whole:
        state, since, blamed = VillageState.DARK, whole[0].onset, whole[0]
    if all(incident.planned_until is not None for incident in causes):
        state = VillageState.MAINTENANCE
    return VillageHeld(state, since, blame(blamed), blamed.name)


def blame(incident: Incident) -> str:
    """Return what an incident says is at fault: power or network."""
    return "power" if feeds(incident.root_kind) else "network"
