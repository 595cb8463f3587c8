"""Stragglers: devices that stayed silent when an outage ended, and proved nothing then."""

from province import reasons
from rules.engine.damping import AGAIN_SECONDS
from rules.engine.incidents import Incidents
from rules.engine.network import Candidate
from rules.engine.remnants import LONG, Remnant, Remnants
from rules.engine.state import State
from rules.engine.watch import Watch, Watched
from rules.model import Incident, IncidentClass


class Stragglers:
    """Judges them again with those that come back for a moment only.

    What fails again within a quarter of an hour is the same outage. After that each is silent for
    a reason of its own.

    Args:
        state: of the engine.
        watch: what is known of devices.
        incidents: where outages are opened.
        remnants: tells what a set that stays silent shows.
    """

    def __init__(
        self, state: State, watch: Watch, incidents: Incidents, remnants: Remnants
    ) -> None:
        self._state = state
        self._watch = watch
        self._incidents = incidents
        self._remnants = remnants

    def leave(self, incident: Incident, end: float) -> None:
        """Note who is not back at the end of an outage."""
        for code in self._remnants.silent_of(incident):
            self._state.left[code] = end

    def judge(self, now: float) -> None:
        """Open an outage of those that prove one by now, with others that fell silent again."""
        self._state.left = {
            code: end
            for code, end in self._state.left.items()
            if now - end < 2 * AGAIN_SECONDS and self._is_silent(code)
        }
        left = self._state.left
        if not left:
            return
        ended_at = max(left.values())
        again = {
            code
            for code in self._watch.overdue
            if self._is_silent(code) and self._is_again(self._watch.of[code], ended_at, now)
        }
        for remnant in self._remnants.judge(left.keys() | again, len(self._watch.of), now):
            if not left.keys().isdisjoint(remnant.devices):
                self._open(remnant)

    def _is_silent(self, code: str) -> bool:
        return code in self._watch.overdue and self._watch.of[code].explained_by is None

    def _is_again(self, watched: Watched, ended_at: float, now: float) -> bool:
        last_at = watched.last_at or 0.0
        long = watched.misses(now) >= LONG and now >= watched.excused_until
        return long and ended_at < last_at < ended_at + AGAIN_SECONDS

    def _open(self, remnant: Remnant) -> None:
        # It was not down before the last of them was heard, nor before the outage that is over.
        ends = [self._state.left.get(code, 0.0) for code in remnant.devices]
        silent = self._watch.overdue & remnant.candidate.devices
        heard = [self._watch.of[code].last_at or 0.0 for code in silent]
        candidate, onset = remnant.candidate, max(*ends, *heard)
        part = self._part_of(candidate)
        if part is not None:
            self._incidents.change_root(part, candidate, onset)
            self._incidents.add_founders(part, remnant.devices)
            return
        self._incidents.open(
            IncidentClass.OUTAGE,
            candidate.name,
            candidate.root,
            onset,
            reasons.SILENT_AGAIN.say(devices=len(remnant.devices), score=f"{remnant.score:.1f}"),
            remnant.devices,
            candidate.kind,
        )

    def _part_of(self, candidate: Candidate) -> Incident | None:
        """Return the oldest outage that is a part of this one: others fell silent again before."""
        for incident in self._incidents.of_class(IncidentClass.OUTAGE):
            silent = incident.members - incident.back.keys()
            if silent and silent <= candidate.devices:
                return incident
        return None
