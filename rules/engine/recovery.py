"""Recovery: which devices of an outage are back, and when that ends it."""

import math
from collections.abc import Iterable, Sequence
from typing import Final

from rules import reasons
from rules.engine.incidents import Incidents
from rules.engine.state import State
from rules.engine.watch import Watched
from rules.model import Incident, Report

_BACK_SHARE: Final = 0.7
_BACK_REPORTS: Final = 2
_HOLD_INTERVALS: Final = 2.0
"""How long most devices have to be back. It counts from their first sign: two reports of each
take the better half of it anyway."""
_AGAIN_HOLD_SECONDS: Final = 600.0
_BACK_OFF_SECONDS: Final = 60.0
"""The longest that a device waits before it connects again; each draws its wait from all of it."""


class Recovery:
    """Notes who is back, and ends outages.

    Args:
        state: of the engine.
        incidents: where outages are cleared.
    """

    def __init__(self, state: State, incidents: Incidents) -> None:
        self._state = state
        self._incidents = incidents

    def heard(self, watched: Watched, report: Report) -> None:
        """Note a report of a device that an incident silenced."""
        incident = self._incident_of(watched)
        if incident is None or report.on_battery:
            return
        if watched.code not in incident.founders:
            # It was silent meanwhile, for a reason of its own or for this one: who can tell.
            incident.members.discard(watched.code)
            watched.explained_by = None
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

    def keep(self, incident: Incident, now: float, interval: float) -> None:
        """End an outage most of whose devices are back, for as long as it takes to believe."""
        self._incidents.tell_flapping(incident, now)
        quorum = _quorum(incident)
        if len(incident.back) < quorum:
            return
        incident.was_up = True
        ready = sum(count >= _BACK_REPORTS for count in incident.returned.values())
        if ready < quorum or incident.flapping:
            return
        back = sorted(incident.back.values())
        hold = _AGAIN_HOLD_SECONDS if incident.again else _HOLD_INTERVALS * interval
        if now - back[quorum - 1] >= hold:
            end = _ended(back, len(incident.founders), incident.onset)
            self._incidents.clear(incident, end, reasons.RECOVERED.say())

    def _incident_of(self, watched: Watched) -> Incident | None:
        if watched.explained_by is None:
            return None
        return self._state.incidents.get(watched.explained_by)


def _quorum(incident: Incident) -> int:
    members = len(incident.founders)
    return max(min(_BACK_REPORTS, members), math.ceil(_BACK_SHARE * members))


def _ended(back: Sequence[float], devices: int, onset: float) -> float:
    """Return when an outage ended, from when its devices came back.

    Each comes back at a moment of its own, any within the longest wait: the first of two comes
    after a third of it, the first of a hundred at once. What lies before the first of them is
    taken off. The first tenth may be strays.
    """
    rank = len(back) // 10
    first = back[rank]
    spread = min(_BACK_OFF_SECONDS, max(0.0, first - onset))
    return max(onset, first - spread * (rank + 1) / (devices + 1))
