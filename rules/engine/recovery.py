"""Recovery: when the devices of an outage are back, and when that ends it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from province import reasons
from rules.engine.incidents import Incidents
from rules.engine.network import Candidate, Network, feeds
from rules.engine.parts import BACK_OFF_SECONDS, BACK_REPORTS, Parts, ended, quorum_of
from rules.engine.remnants import Remnant, Remnants, within
from rules.engine.state import State
from rules.engine.stragglers import Stragglers
from rules.engine.watch import Watch, Watched
from rules.model import Incident, IncidentClass, Report

_HOLD_INTERVALS: Final = 2.0
"""How long most devices have to be back. It counts from their first sign: two reports of each
take the better half of it anyway."""
_AGAIN_HOLD_SECONDS: Final = 600.0
_LOOKS: Final = 6
"""So many looks go by before parts that are back are looked for again."""
_ALONE_SECONDS: Final = 900.0
"""How long an outage goes on of which some is back while what is not proves nothing by itself."""


class Recovery:
    """Notes who is back, takes out what is back, and ends outages.

    Args:
        state: of the engine.
        network: what may remain of an outage.
        watch: what is known of devices.
        incidents: where outages are cleared.
    """

    def __init__(self, state: State, network: Network, watch: Watch, incidents: Incidents) -> None:
        self._state = state
        self._network = network
        self._incidents = incidents
        self._remnants = Remnants(network, watch.of)
        self._stragglers = Stragglers(state, watch, incidents, self._remnants)
        self.parts = Parts(state, network, incidents)

    def heard(self, watched: Watched, report: Report) -> None:
        """Note a report of a device that an incident silenced."""
        incident = self._incident_of(watched)
        if incident is None or report.on_battery:
            return
        if watched.code not in incident.founders:
            # It was silent meanwhile, for a reason of its own or for this one: who can tell.
            incident.members.discard(watched.code)
            watched.explained_by = None
            if incident.fell_later:
                incident.rejoined[watched.code] = report.at
            return
        incident.back.setdefault(watched.code, report.at)
        incident.returned[watched.code] = incident.returned.get(watched.code, 0) + 1

    def connected(self, watched: Watched, at: float) -> None:
        """Note that a device that an incident silenced is connected again: a first sign."""
        incident = self._incident_of(watched)
        if incident is not None and watched.code in incident.founders:
            incident.back.setdefault(watched.code, at)

    def fell_silent_again(self, overdue: Iterable[Watched]) -> None:
        """Take back that these devices are back."""
        for watched in overdue:
            incident = self._incident_of(watched)
            if incident is not None:
                incident.back.pop(watched.code, None)
                incident.returned.pop(watched.code, None)
                if incident.was_up and len(incident.back) < _quorum(incident):
                    self._incidents.fell_again(incident)

    def judge_stragglers(self, now: float) -> None:
        """Judge again what stayed silent when its outage ended."""
        if self._state.left and not self._state.looks % _LOOKS:
            self._stragglers.judge(now)

    def keep(self, incident: Incident, now: float, interval: float) -> None:
        """End an outage most of whose devices are back, for as long as it takes to believe."""
        self._incidents.tell_flapping(incident, now)
        quorum = _quorum(incident)
        hold = _AGAIN_HOLD_SECONDS if incident.again else _HOLD_INTERVALS * interval
        if len(incident.back) < quorum:
            self._keep_rest(incident, now, hold)
            return
        incident.was_up = True
        ready = sum(count >= BACK_REPORTS for count in incident.returned.values())
        if ready < quorum or incident.flapping:
            return
        waited = now - sorted(incident.back.values())[quorum - 1] - hold
        if waited >= 0:
            remnants = self._remnants.find(incident, now)
            # The last of them may still be on their way.
            if not remnants or waited >= BACK_OFF_SECONDS:
                self._end(incident, remnants)

    def _keep_rest(self, incident: Incident, now: float, hold: float) -> None:
        """Take out what is back; end what proves nothing by itself any more."""
        if not incident.back or incident.flapping or self._state.looks % _LOOKS:
            return
        self.parts.release(incident, now, hold)
        quiet = now - max(incident.back.values()) >= _ALONE_SECONDS
        if incident.released and quiet and not self._remnants.find(incident, now):
            self._end(incident, ())

    def _end(self, incident: Incident, remnants: Sequence[Remnant]) -> None:
        """End an outage; what is still down goes on as an outage of its own, as old as it is."""
        end = _end_of(incident)
        self._stragglers.leave(incident, end)
        self._incidents.clear(incident, end, reasons.RECOVERED.say())
        for remnant in remnants:
            self._go_on(incident, remnant)

    def _go_on(self, incident: Incident, remnant: Remnant) -> None:
        candidate = remnant.candidate
        if not feeds(incident.root_kind):
            candidate = within(candidate, incident.links, self._network)
        rest = self._rest_of(incident, candidate)
        self._incidents.open(
            IncidentClass.OUTAGE,
            candidate.name,
            candidate.root,
            rest.onset,
            reasons.STAY_SILENT.say(
                devices=len(remnant.devices), incident=incident.name, score=f"{remnant.score:.1f}"
            ),
            remnant.devices,
            candidate.kind,
            rest,
        )

    def _rest_of(self, incident: Incident, candidate: Candidate) -> Incident:
        """Return what an outage is without what is back of it: a cause below its own."""
        network, onset, fell_later = self._network, incident.onset, {}
        links, villages = network.impact(candidate)
        if candidate.power:
            # Nodes whose batteries ended stay down without mains.
            for node in network.fed_nodes(candidate.root):
                links.update(incident.links.intersection(network.links_below.get(node, ())))
            fell_later = {link: incident.fell_later.get(link, onset) for link in links}
        elif feeds(incident.root_kind):
            # The mains hid it: it is known since they are back, or batteries ended.
            end = _end_of(incident)
            onset = min((incident.fell_later.get(link, end) for link in links), default=end)
        else:
            links &= incident.links
            villages = set()
        villages |= network.villages_on(links)
        return replace(
            incident, onset=onset, links=links, villages=villages, fell_later=fell_later, over={}
        )

    def _incident_of(self, watched: Watched) -> Incident | None:
        if watched.explained_by is None:
            return None
        return self._state.incidents.get(watched.explained_by)


def _quorum(incident: Incident) -> int:
    return quorum_of(len(incident.founders))


def _end_of(incident: Incident) -> float:
    """Return when an outage ended, by the return of those that no part was released with."""
    founders = incident.founders - incident.released
    back = sorted(at for code, at in incident.back.items() if code not in incident.released)
    before = max(incident.over.values(), default=incident.onset)
    return max(before, ended(back, len(founders), incident.onset)) if back else before
