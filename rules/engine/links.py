"""Links: what is held of each, and the steps on the way there."""

from collections.abc import Iterable
from typing import Final

from rules.engine.network import Network
from rules.engine.state import LinkHeld, State
from rules.engine.villages import blame, falls
from rules.engine.watch import Watch
from rules.model import Incident, IncidentClass, LinkState

_LOOKS: Final = 6
"""So many looks go by before silent links are looked for again."""
UNHEARD: Final = "not heard yet"
_SILENT: Final = "silent, with nothing to compare"
_SILENT_INTERVALS: Final = 5.0
"""Of silence, after which a link without other devices is unknown: down it is not, by that."""


def fuse_links(incidents: Iterable[Incident]) -> dict[str, LinkHeld]:
    """Return what the open incidents make of each link that one of them impairs."""
    held: dict[str, LinkHeld] = {}
    for incident in sorted(incidents, key=lambda each: (each.onset, each.name)):
        planned = incident.planned_until is not None
        if incident.incident_class is IncidentClass.OUTAGE:
            for link, (since, _) in falls(incident):
                before = held.get(link)
                if before is None or before.state is not LinkState.DOWN:
                    state = LinkState.MAINTENANCE if planned else LinkState.DOWN
                    held[link] = LinkHeld(state, since, blame(incident), incident.name)
        elif incident.incident_class is IncidentClass.DEGRADATION:
            state = LinkState.MAINTENANCE if planned else LinkState.DEGRADED
            for link in incident.links:
                held.setdefault(
                    link, LinkHeld(state, incident.onset, blame(incident), incident.name)
                )
    return held


class Hearing:
    """Of which links anything is heard.

    Args:
        state: of the engine.
        network: which devices tell of a link.
        watch: what is known of them.
    """

    def __init__(self, state: State, network: Network, watch: Watch) -> None:
        self._state = state
        self._network = network
        self._watch = watch
        self._awaited = {link for link in state.unknown if link in network.devices_of_link}

    def begin(self, now: float) -> None:
        """Know nothing of any link yet."""
        self._state.unknown = {
            link: LinkHeld(LinkState.UNKNOWN, now, UNHEARD) for link in self._network.links
        }
        self._awaited = set(self._network.devices_of_link)

    def expect(self, links: Iterable[str], now: float) -> None:
        """Know nothing of these links yet, which are new."""
        for link in links:
            self._state.unknown[link] = LinkHeld(LinkState.UNKNOWN, now, UNHEARD)
            if link in self._network.devices_of_link:
                self._awaited.add(link)

    def look(self, now: float) -> bool:
        """Note which links are heard by now, and which not any more; whether there are any."""
        heard = [link for link in self._awaited if self._is_heard(link)]
        self._forget_covered()
        for link in heard:
            self._awaited.discard(link)
            self._state.unknown.pop(link, None)
        if self._state.looks % _LOOKS:
            return bool(heard)
        unknown = self._state.unknown
        lost = {link: at for link, at in self._fallen_silent(now) if link not in unknown}
        for link, since in sorted(lost.items()):
            self._state.unknown[link] = LinkHeld(LinkState.UNKNOWN, since, _SILENT)
            self._awaited.add(link)
        return bool(heard or lost)

    def _forget_covered(self) -> None:
        """What is heard of a link now says more than any incident that is over."""
        watched = self._network.devices_of_link
        for link in list(self._state.covered):
            if link not in watched or self._is_heard(link):
                del self._state.covered[link]

    def _is_heard(self, link: str) -> bool:
        devices = [self._watch.of[code] for code in self._network.devices_of_link[link]]
        return any(watched.is_known and not watched.overdue for watched in devices)

    def _fallen_silent(self, now: float) -> Iterable[tuple[str, float]]:
        for code in self._watch.overdue:
            link = self._network.devices[code].link
            if link is None or self._watch.of[code].explained_by is not None:
                continue
            devices = [self._watch.of[each] for each in self._network.devices_of_link[link]]
            last_at = max(watched.last_at or 0.0 for watched in devices)
            patience = _SILENT_INTERVALS * max(watched.interval for watched in devices)
            alone = all(watched.overdue and not watched.explained_by for watched in devices)
            if alone and now - last_at > patience:
                yield link, max(last_at, self._state.covered.get(link, last_at))


def fine_states(
    state: State, network: Network, watch: Watch, *, blind: bool
) -> dict[str, LinkState]:
    """Return the state of every link, with the steps on the way: suspect and the like."""
    if blind:
        return dict.fromkeys(network.links, LinkState.STALE)
    states = {}
    for link in network.links:
        held = state.links.get(link)
        devices = network.devices_of_link.get(link, ())
        if held is None:
            states[link] = _step_down(watch, devices)
        elif held.state is LinkState.DOWN and _is_returning(state, held, devices):
            states[link] = LinkState.RECOVERING
        else:
            states[link] = held.state
    return states


def _step_down(watch: Watch, devices: Iterable[str]) -> LinkState:
    overdue = [code in watch.overdue for code in devices]
    if not any(overdue):
        return LinkState.UP
    return LinkState.SUSPECT if all(overdue) else LinkState.DEVICE_SILENT


def _is_returning(state: State, held: LinkHeld, devices: Iterable[str]) -> bool:
    incident = state.incidents.get(held.incident or "")
    return incident is not None and any(code in incident.back for code in devices)
