"""Incidents: opened, changed, cleared; one for each root, and each step with its reason."""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from rules.engine.network import Candidate, Network
from rules.engine.state import State
from rules.engine.watch import Watched
from rules.model import (
    Action,
    Incident,
    IncidentClass,
    IncidentNotice,
    Report,
    Transition,
    VillageNotice,
    VillageState,
    Window,
)

_BACK_SHARE: Final = 0.7
_BACK_REPORTS: Final = 2
_AGAIN_SECONDS: Final = 900.0
"""What fails again so soon after it was cleared is the same incident."""
_FLAP_HOLD_SECONDS: Final = 600.0
_EARLY_SECONDS: Final = 600.0
GRACE_SECONDS: Final = 300.0
"""How long work may overrun its window before people are told."""


class Incidents:
    """The incidents of a state, and what is to be said of them.

    Args:
        state: where they are kept.
        network: what their roots impair.
    """

    def __init__(self, state: State, network: Network) -> None:
        self.now = 0.0
        self._state = state
        self._network = network
        self._said: list[Transition] = []
        self._ends: dict[str, float] = {}
        self._everywhere: VillageState | None = None

    def hand_over(self) -> list[Transition]:
        """Return what was said since the last time."""
        said, self._said = self._said, []
        return said

    # -- their life -----------------------------------------------------------------

    def open(
        self,
        kind: IncidentClass,
        candidate: str,
        root: tuple[str, ...],
        onset: float,
        reason: str,
        members: Iterable[str] = (),
    ) -> Incident:
        """Open an incident, or the one again that ended lately at this root."""
        name, again = self._name(candidate)
        incident = Incident(name, kind, candidate, root, onset, self.now)
        incident.flapping = again
        self._state.incidents[name] = incident
        self.add_founders(incident, members)
        self._spread(incident)
        window = self._window(root)
        if window is not None:
            incident.planned_until = window.ends_at
            incident.notified = False
        self._say(incident, Action.OPEN, reason)
        return incident

    def add_founders(self, incident: Incident, codes: Iterable[str]) -> None:
        """Have an incident explain devices that fell silent together."""
        codes = tuple(codes)
        incident.founders.update(codes)
        self.add_members(incident, codes)

    def add_members(self, incident: Incident, codes: Iterable[str]) -> None:
        """Have an incident explain the silence of devices."""
        for code in codes:
            incident.members.add(code)
            incident.back.pop(code, None)
            incident.returned.pop(code, None)
            self._state.watched[code].explained_by = incident.name

    def change_root(self, incident: Incident, candidate: Candidate, onset: float) -> None:
        """Have another candidate be an incident's cause."""
        incident.candidate, incident.root, incident.onset = candidate.name, candidate.root, onset
        self._spread(incident)
        self._say(incident, Action.UPDATE, "root changed", notified=False)

    def grow(self, incident: Incident, links: Iterable[str]) -> None:
        """Have more links be down by an incident."""
        more = set(links) - incident.links
        if more:
            incident.links |= more
            incident.villages |= {self._network.links[link].village for link in more}
            self._say(incident, Action.UPDATE, "grew", notified=False)

    def clear(self, incident: Incident, end: float, reason: str, *, notified: bool = True) -> None:
        """End an incident at `end`, which may be some time ago."""
        del self._state.incidents[incident.name]
        self._ends.update(dict.fromkeys(incident.villages, end))
        for code in incident.members:
            watched = self._state.watched[code]
            watched.explained_by = None
            if watched.overdue:
                # It did not come back with the others: a matter of its own by now.
                watched.excused_until = self._state.watermark + _AGAIN_SECONDS
        if incident.incident_class in {IncidentClass.OUTAGE, IncidentClass.DEGRADATION}:
            self._state.closed[incident.candidate] = (incident.name, self._state.watermark)
        self._say(incident, Action.CLEAR, reason, end=end, notified=notified and incident.notified)

    def heard(self, watched: Watched, report: Report) -> None:
        """Note that a device that an incident silenced is back."""
        if watched.explained_by is None:
            return
        incident = self._state.incidents.get(watched.explained_by)
        if incident is None or report.on_battery:
            return
        if watched.code not in incident.founders:
            # It was silent meanwhile, for a reason of its own or for this one: who can tell.
            incident.members.discard(watched.code)
            watched.explained_by = None
            return
        incident.back.setdefault(watched.code, report.at)
        incident.returned[watched.code] = incident.returned.get(watched.code, 0) + 1

    def fell_silent_again(self, overdue: Iterable[Watched]) -> None:
        """Take back that these devices are back."""
        for watched in overdue:
            incident = self._state.incidents.get(watched.explained_by or "")
            if incident is not None:
                incident.back.pop(watched.code, None)
                incident.returned.pop(watched.code, None)

    def clear_recovered(self, incident: Incident, now: float, interval: float) -> None:
        """End an incident most of whose devices are back, for as long as it takes to believe."""
        ready = sum(count >= _BACK_REPORTS for count in incident.returned.values())
        members = len(incident.founders)
        if ready < max(min(_BACK_REPORTS, members), math.ceil(_BACK_SHARE * members)):
            incident.held_since = None
            return
        incident.held_since = incident.held_since or now
        hold = _FLAP_HOLD_SECONDS if incident.flapping else interval
        if now - incident.held_since >= hold:
            back = sorted(incident.back.values())
            self.clear(incident, back[len(back) // 10], "recovered")

    # -- maintenance ----------------------------------------------------------------

    def keep_windows(self, now: float) -> None:
        """Tell people of work that is not done five minutes after its window."""
        for incident in list(self._state.incidents.values()):
            until = incident.planned_until
            if until is not None and now >= until + GRACE_SECONDS:
                members = set(incident.founders)
                self.clear(incident, until, "window over")
                self._state.closed.pop(incident.candidate, None)
                again = self.open(
                    incident.incident_class,
                    incident.candidate,
                    incident.root,
                    until,
                    "work overruns its window",
                    members,
                )
                again.links, again.villages = incident.links, incident.villages

    def _window(self, root: tuple[str, ...]) -> Window | None:
        now = self._state.watermark
        for window in self._state.windows.values():
            in_time = window.starts_at - _EARLY_SECONDS <= now < window.ends_at + GRACE_SECONDS
            if in_time and self._network.within(root[:1], window.node):
                return window
        return None

    # -- villages -------------------------------------------------------------------

    def say_villages(
        self, states: Mapping[str, tuple[VillageState, float, str]], now: float
    ) -> None:
        """Say which villages' states are others than before."""
        known = self._state.villages
        if self._everywhere is not None:
            self._everywhere = None
            self._say_village("*", VillageState.SERVED, now, "pipeline is back")
            for village, (state, _) in known.items():
                self._say_village(village, state, now, "as before")
        for village in sorted(known.keys() | states.keys()):
            before = known.get(village)
            after = states.get(village)
            if after is None:
                del known[village]
                self._say_village(village, VillageState.SERVED, self._ended(village), "recovered")
            elif before is None or before[0] is not after[0]:
                known[village] = (after[0], after[1])
                self._say_village(village, after[0], after[1], after[2])

    def say_everywhere(self, state: VillageState, since: float, reason: str) -> None:
        """Say one state of every village, once."""
        if self._everywhere is not state:
            self._everywhere = state
            self._say_village("*", state, since, reason)

    def _ended(self, village: str) -> float:
        """Return when what impaired a village ended, as the last notice of it says."""
        return self._ends.pop(village, self._state.watermark)

    # -- saying ---------------------------------------------------------------------

    def _name(self, candidate: str) -> tuple[str, bool]:
        name, closed_at = self._state.closed.get(candidate, ("", 0.0))
        if name and self._state.watermark - closed_at < _AGAIN_SECONDS:
            return name, True
        self._state.numbered += 1
        return f"{self._state.series}{self._state.numbered}", False

    def _spread(self, incident: Incident) -> None:
        candidate = self._network.candidates.get(incident.candidate)
        if candidate is not None:
            incident.links, incident.villages = self._network.impact(candidate)

    def _say_village(self, village: str, state: VillageState, since: float, reason: str) -> None:
        self._said.append(VillageNotice(self.now, village, state, since, reason))

    def _say(
        self,
        incident: Incident,
        action: Action,
        reason: str,
        *,
        end: float | None = None,
        notified: bool | None = None,
    ) -> None:
        self._said.append(
            IncidentNotice(
                at=self.now,
                incident=incident.name,
                action=action,
                incident_class=incident.incident_class,
                root=incident.root,
                villages=tuple(sorted(incident.villages)),
                links=tuple(sorted(incident.links)),
                onset=incident.onset,
                reason=reason,
                end=end,
                planned=incident.planned_until is not None,
                notified=incident.notified if notified is None else notified,
            )
        )
