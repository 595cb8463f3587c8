"""Adopting an inventory: what is remembered of the one before is brought in line with it.

People retire devices, move links and rename nodes while things are broken, and mostly because they
are. What is gone is not waited for; what is new was not heard yet; an outage goes on as long as
what is left of it is silent.
"""

from collections import Counter

from province import reasons
from rules.engine.incidents import Incidents
from rules.engine.links import Hearing
from rules.engine.network import Candidate, Network, feeds
from rules.engine.places import Places
from rules.engine.state import State
from rules.model import Incident, IncidentClass


class Adoption:
    """Brings a state in line with another inventory; does nothing where it is the same.

    Args:
        state: as it was; its devices are those of the inventory already.
        network: of the inventory.
        fresh: devices of which the state knew nothing.
    """

    def __init__(self, state: State, network: Network, fresh: frozenset[str]) -> None:
        self._state = state
        self._network = network
        self._fresh = fresh

    def settle(self, incidents: Incidents, hearing: Hearing, places: Places) -> None:
        """Let go of what is gone, expect what is new, and say both."""
        for incident in list(self._state.incidents.values()):
            if incident.incident_class is not IncidentClass.PIPELINE:
                self._settle_incident(incident, incidents)
        if self._state.started_at:
            places.forget_gone(reasons.NOT_THERE.say())
            hearing.expect(self._new_links(), self._state.watermark)

    def _new_links(self) -> list[str]:
        """Return the links of which nothing can be known: every device that tells of one is new."""
        known = self._state.unknown.keys() | self._state.links.keys()
        of_link = self._network.devices_of_link
        return [
            link
            for link in self._network.links
            if link not in known and self._fresh.issuperset(of_link.get(link, ()))
        ]

    # -- incidents ------------------------------------------------------------------

    def _settle_incident(self, incident: Incident, incidents: Incidents) -> None:
        before = _outline(incident)
        self._drop_gone(incident)
        if self._is_gone(incident):
            incidents.clear(incident, self._state.watermark, reasons.NOT_THERE.say())
            return
        self._find_root(incident)
        if _outline(incident) != before:
            incidents.retell(incident, reasons.INVENTORY_CHANGED.say())

    def _drop_gone(self, incident: Incident) -> None:
        network = self._network
        for devices in (incident.members, incident.founders, incident.released):
            devices.intersection_update(network.devices)
        for of_device in (incident.back, incident.returned, incident.rejoined):
            for code in of_device.keys() - network.devices.keys():
                del of_device[code]
        incident.links.intersection_update(network.links)
        for of_place in (incident.fell_later, incident.over):
            for place in of_place.keys() - network.links.keys() - network.villages.keys():
                del of_place[place]
        incident.root = tuple(code for code in incident.root if network.knows(code))
        if not feeds(incident.root_kind):
            # The others were impaired by a link, and that may be another village's by now.
            incident.villages.intersection_update(incident.root)
        incident.villages.intersection_update(network.villages)
        incident.villages |= network.villages_on(incident.links)

    def _is_gone(self, incident: Incident) -> bool:
        if incident.incident_class is IncidentClass.OUTAGE:
            return not incident.founders
        if incident.incident_class is IncidentClass.DEGRADATION:
            return not incident.members
        return not incident.root

    def _find_root(self, incident: Incident) -> None:
        """Find the cause by its devices where it has another name, or none any more."""
        if incident.incident_class in {IncidentClass.DEVICE, IncidentClass.SENSOR}:
            return
        if incident.candidate in self._network.candidates:
            return
        found = self._most_like(incident)
        if found is not None:
            incident.candidate, incident.root = found.name, found.root
            incident.root_kind = found.kind

    def _most_like(self, incident: Incident) -> Candidate | None:
        power = feeds(incident.root_kind)
        taken = {each.candidate for each in self._state.incidents.values()}
        shared = Counter(
            candidate.name
            for code in incident.members
            for candidate in self._network.of_device.get(code, ())
            if candidate.power == power and candidate.name not in taken
        )
        candidates = self._network.candidates
        return max(
            (candidates[name] for name in shared),
            key=lambda each: (shared[each.name], -len(each.devices), each.name),
            default=None,
        )


def _outline(incident: Incident) -> tuple[object, ...]:
    """Return what is said of an incident."""
    return incident.root, set(incident.links), set(incident.villages)
