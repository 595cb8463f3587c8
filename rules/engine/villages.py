"""Villages: their states, fused from the incidents that are open."""

from collections import defaultdict
from collections.abc import Iterable

from rules.engine.network import Network
from rules.model import Incident, IncidentClass, VillageState


def fuse(
    incidents: Iterable[Incident], network: Network
) -> dict[str, tuple[VillageState, float, str]]:
    """Return the state of each village that is not served, since when, and why.

    All links down: dark. Some down, a link that is bad, or no mains: degraded. The same inside an
    announced window: maintenance.
    """
    down: dict[str, list[tuple[str, Incident]]] = defaultdict(list)
    impaired: dict[str, list[Incident]] = defaultdict(list)
    for incident in incidents:
        if incident.incident_class in {IncidentClass.OUTAGE, IncidentClass.DEGRADATION}:
            for village in incident.villages:
                impaired[village].append(incident)
        if incident.incident_class is IncidentClass.OUTAGE:
            for link in incident.links:
                down[network.links[link].village].append((link, incident))
    states = {}
    for village, causes in impaired.items():
        links = set(network.links_of_village.get(village, ()))
        lost = {link for link, _ in down[village]}
        # A village that is cut off as a whole has no link, whether or not one is known.
        whole = any(village in incident.root for incident in causes)
        state = VillageState.DEGRADED
        since = min(incident.onset for incident in causes)
        if whole or (links and lost >= links):
            state = VillageState.DARK
            firsts = [min(i.onset for link, i in down[village] if link == each) for each in lost]
            since = max(firsts, default=since)
        if all(incident.planned_until is not None for incident in causes):
            state = VillageState.MAINTENANCE
        states[village] = (state, since, causes[0].incident_class.value)
    return states
