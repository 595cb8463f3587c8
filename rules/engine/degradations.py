"""Degradations: incidents of links that work badly."""

from typing import Final

from province import reasons
from rules.engine.degradation import find_common, is_well, measure
from rules.engine.incidents import Incidents
from rules.engine.network import Candidate, Network
from rules.engine.state import State
from rules.engine.watch import Watched
from rules.model import Incident, IncidentClass, Report

_WELL_SHARE: Final = 0.7


class Degradations:
    """Keeps the incidents of bad links.

    Args:
        state: of the engine.
        network: what bad links may have in common.
        incidents: where they are opened and cleared.
    """

    def __init__(self, state: State, network: Network, incidents: Incidents) -> None:
        self._state = state
        self._network = network
        self._incidents = incidents
        self._bad = {
            code for code, watched in state.watched.items() if watched.bad_since is not None
        }

    def measure(self, watched: Watched, report: Report) -> None:
        """Note how many probes a report's device lost."""
        if report.loss is None:
            return
        measure(watched, report.loss, report.at)
        if watched.bad_since is not None:
            self._bad.add(watched.code)
        elif watched.code in self._bad:
            self._bad.discard(watched.code)

    def judge(self, now: float) -> None:
        """Open and clear degradations."""
        open_ones = self._incidents.of_class(IncidentClass.DEGRADATION)
        for incident in open_ones:
            self._keep(incident, now)
        # Whoever is silent tells of no losses any more.
        bad = [self._state.watched[code] for code in sorted(self._bad)]
        bad = [watched for watched in bad if not watched.overdue]
        explained = {code for incident in open_ones for code in incident.members}
        if all(watched.code in explained for watched in bad):
            return
        # With those that have an incident already: what they have in common may be wider.
        for candidate, members in find_common(bad, self._network, self._state.watched, now):
            self._take_up(candidate, members, now)

    def _take_up(self, candidate: Candidate, members: tuple[str, ...], now: float) -> None:
        known = [
            incident
            for incident in self._incidents.of_class(IncidentClass.DEGRADATION)
            if incident.members.intersection(members)
        ]
        if known:
            first, *rest = known
            first.members.update(members)
            if len(candidate.devices) > len(self._devices(first)):
                self._incidents.change_root(first, candidate, first.onset)
            for child in rest:
                first.members |= child.members
                self._incidents.merge(child, first)
            return
        onset = min(self._state.watched[code].bad_since or now for code in members)
        incident = self._incidents.open(
            IncidentClass.DEGRADATION,
            candidate.name,
            candidate.root,
            onset,
            reasons.LOSE_PACKETS.say(probes=len(members)),
            root_kind=candidate.kind,
        )
        incident.members.update(members)

    def _devices(self, incident: Incident) -> frozenset[str]:
        candidate = self._network.candidates.get(incident.candidate)
        return candidate.devices if candidate else frozenset(incident.members)

    def _keep(self, incident: Incident, now: float) -> None:
        candidate = self._network.candidates.get(incident.candidate)
        if candidate is not None:
            incident.members |= self._bad & candidate.devices
        well = sum(is_well(self._state.watched[code]) for code in incident.members)
        # None may still be bad, or it would be an incident of its own the moment after.
        if well >= _WELL_SHARE * len(incident.members) and not incident.members & self._bad:
            self._incidents.clear(incident, now, reasons.COME_THROUGH.say())
