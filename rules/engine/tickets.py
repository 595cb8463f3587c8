"""Tickets: what is wrong with one device, and takes nobody's service away."""

from typing import Final

from province import reasons
from rules.engine.incidents import Incidents
from rules.engine.state import State
from rules.engine.watch import Watch, Watched
from rules.model import Incident, IncidentClass, Report

_SILENT_SECONDS: Final = 1800.0
_SAME: Final = 50
"""So many times the same values: a living sensor does not repeat itself so often."""


class Tickets:
    """Keeps the incidents of lone devices and of stuck sensors.

    Args:
        state: of the engine.
        watch: what is known of devices.
        incidents: where they are opened and cleared.
    """

    def __init__(self, state: State, watch: Watch, incidents: Incidents) -> None:
        self._state = state
        self._watch = watch
        self._incidents = incidents
        self._stuck = {code for code, watched in watch.of.items() if watched.repeats >= _SAME}

    def measure(self, watched: Watched, report: Report) -> None:
        """Note whether a sensor repeats itself; links are known by their probes."""
        watched.repeats = watched.repeats + 1 if report.digest == watched.digest else 0
        watched.digest = report.digest
        if watched.repeats >= _SAME:
            self._stuck.add(watched.code)
        else:
            self._stuck.discard(watched.code)

    def judge(self, now: float) -> None:
        """Open and clear tickets."""
        tickets = self._incidents.of_class(IncidentClass.DEVICE, IncidentClass.SENSOR)
        known = {incident.candidate: incident for incident in tickets}
        for watched in self._long_silent(now):
            code = watched.code
            name = f"device {code}"
            if name not in known:
                onset = (watched.last_at or now) + watched.interval / 2
                self._incidents.open(
                    IncidentClass.DEVICE, name, (code,), onset, reasons.SILENT_ALONE.say()
                )
        for code in sorted(self._stuck):
            name = f"sensor {code}"
            if name not in known:
                onset = now - _SAME * self._watch.of[code].interval
                self._incidents.open(
                    IncidentClass.SENSOR, name, (code,), onset, reasons.SAME_VALUES.say()
                )
        for incident in known.values():
            self._keep(incident, now)

    def _long_silent(self, now: float) -> list[Watched]:
        """Return the devices that were silent for long enough, and alone."""
        devices = map(self._watch.of.__getitem__, self._watch.overdue)
        found = [
            watched
            for watched in devices
            if watched.explained_by is None and now - (watched.last_at or now) >= _SILENT_SECONDS
        ]
        return sorted(found, key=lambda watched: watched.code)

    def _keep(self, incident: Incident, now: float) -> None:
        (code,) = incident.root
        if incident.incident_class is IncidentClass.SENSOR:
            if code not in self._stuck:
                self._incidents.clear(incident, now, reasons.VALUES_CHANGE.say())
        elif code not in self._watch.overdue:
            self._incidents.clear(
                incident, self._watch.of[code].last_at or now, reasons.HEARD_AGAIN.say()
            )
        elif self._watch.of[code].explained_by:
            self._incidents.clear(incident, now, reasons.EXPLAINED.say(), notified=False)
