"""Parts of an outage that are back, while the rest of it goes on."""

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from province import reasons
from rules.engine.incidents import Incidents
from rules.engine.network import Network, feeds
from rules.engine.state import State
from rules.model import Incident

BACK_REPORTS: Final = 2
BACK_OFF_SECONDS: Final = 60.0
"""The longest that a device waits before it connects again; each draws its wait from all of it."""
_BACK_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class _Part:
    """A link or village that is back, and by which devices' return that is known."""

    place: str
    signs: tuple[tuple[str, float], ...]

    @property
    def first(self) -> float:
        return min(at for _, at in self.signs)


class Parts:
    """Tells which links and villages of an outage are back, each by evidence of its own.

    Args:
        state: of the engine.
        network: which devices tell of a place.
        incidents: where what is back is taken out.
    """

    def __init__(self, state: State, network: Network, incidents: Incidents) -> None:
        self._state = state
        self._network = network
        self._incidents = incidents

    def release(self, incident: Incident, now: float, hold: float) -> None:
        """Take out what has been back for as long as it takes to believe.

        Devices have to be back for `hold` seconds. Whoever connects within the longest wait of the
        first came back together with it: all of them are awaited, and say together since when.
        """
        waiting = {code: at for code, at in incident.back.items() if code not in incident.released}
        waiting |= incident.rejoined
        patience = hold + BACK_OFF_SECONDS
        if not waiting or now - min(waiting.values()) < patience:
            return
        parts = [*self._back(incident, self._candidates(incident), now - hold)]
        first = min((part.first for part in parts), default=now)
        if now - first < patience:
            return
        together = [part for part in parts if part.first <= first + BACK_OFF_SECONDS]
        signs = {code: at for part in together for code, at in part.signs}
        told = {code for part in together for code in self._telling(incident, part.place)}
        end = ended(sorted(signs.values()), len(told), incident.onset)
        places = {part.place for part in together}
        if not feeds(incident.root_kind):
            places |= incident.villages - self._network.villages_on(incident.links - places)
        back = {
            code
            for code in incident.founders - incident.released
            if (at := self._sign(incident, code)) is not None and at <= first + BACK_OFF_SECONDS
        }
        self._shrink(incident, places, back, end)

    def take_back(self, incident: Incident, codes: Iterable[str], since: float) -> None:
        """Have what was back of an incident be down again with these devices."""
        again = incident.released.intersection(codes)
        if not again:
            return
        if since - incident.fell_at > BACK_OFF_SECONDS:
            incident.fell_at = since
            self._incidents.fell_again(incident)
        self._incidents.add_founders(incident, again)
        fallen = {
            place for place in incident.over if not again.isdisjoint(self._telling(incident, place))
        }
        for place in fallen:
            del incident.over[place]
        links = fallen & self._network.links.keys()
        self._incidents.grow(incident, links, since, fallen - links)

    def _shrink(
        self, incident: Incident, places: Collection[str], devices: Iterable[str], end: float
    ) -> None:
        """Have places of an incident be back; these devices have no more to do with it."""
        incident.over.update(dict.fromkeys(places, end))
        incident.links.difference_update(places)
        incident.villages.difference_update(places)
        for place in places:
            self._incidents.note_end(place, end)
            incident.fell_later.pop(place, None)
            if place in self._network.links:
                # It is dark no more, although it may still be degraded.
                self._incidents.note_end(self._network.links[place].village, end)
        for code in devices:
            incident.released.add(code)
            self._state.watched[code].explained_by = None
        self._incidents.retell(incident, reasons.SHRANK.say())

    # -- what tells of a place --------------------------------------------------------

    def _candidates(self, incident: Incident) -> list[str]:
        """Return links, and villages whose mains failed; others are back with their links."""
        if not feeds(incident.root_kind):
            return sorted(incident.links)
        villages = incident.villages - self._network.villages_on(incident.links)
        return [*sorted(incident.links), *sorted(villages)]

    def _back(self, incident: Incident, places: Iterable[str], until: float) -> Iterable[_Part]:
        for place in places:
            devices = self._telling(incident, place)
            signs = sorted(
                (at, code)
                for code in devices
                if (at := self._sign(incident, code)) is not None and at <= until
            )
            if devices and len(signs) >= quorum_of(len(devices)):
                yield _Part(place, tuple((code, at) for at, code in signs))

    def _sign(self, incident: Incident, code: str) -> float | None:
        """Return when a device was first heard again; None if it has not been for sure."""
        if self._state.watched[code].overdue:
            return None
        if code in incident.rejoined:
            return incident.rejoined[code]
        return incident.back.get(code) if incident.returned.get(code, 0) >= BACK_REPORTS else None

    def _telling(self, incident: Incident, place: str) -> Collection[str]:
        """Return the devices that tell whether a place is back.

        Where none on a link does, those below the nearest node that it hangs on do.
        """
        if place in self._network.villages:
            return [
                code for code in incident.founders if self._network.devices[code].village == place
            ]
        on_link = self._network.devices_of_link.get(place, ())
        found = [code for code in on_link if code in incident.founders]
        if found:
            return found
        nearest = (on_link, *map(self._network.devices_below, self._network.nodes_above(place)))
        silenced = (incident.founders, incident.members, incident.rejoined)
        for devices in nearest:
            found = [code for code in devices if any(code in each for each in silenced)]
            if found:
                return found
        return ()


def quorum_of(devices: int) -> int:
    """Return how many of so many devices have to be back."""
    return max(min(BACK_REPORTS, devices), math.ceil(_BACK_SHARE * devices))


def ended(back: Sequence[float], devices: int, onset: float) -> float:
    """Return when an outage ended, from when its devices came back.

    Each comes back at a moment of its own, any within the longest wait: the first of two comes
    after a third of it, the first of a hundred at once. What lies before the first of them is
    taken off. The first tenth may be strays.
    """
    rank = len(back) // 10
    first = back[rank]
    spread = min(BACK_OFF_SECONDS, max(0.0, first - onset))
    return max(onset, first - spread * (rank + 1) / (devices + 1))
