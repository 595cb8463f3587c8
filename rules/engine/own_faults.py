"""Faults of our own: the pipeline is the largest shared ancestor of all devices."""

from collections.abc import Mapping
from typing import Final

from province import reasons
from rules.engine.incidents import Incidents
from rules.engine.network import PIPELINE
from rules.engine.quiet import UPLINK
from rules.engine.state import State
from rules.engine.voice import Voice
from rules.engine.watch import Watch
from rules.model import Incident, IncidentClass, Own, Session

_NODE: Final = "broker node"
_NODE_SECONDS: Final = 600.0
"""How long no session must be ended before a node that died is taken to be replaced."""
_HEARD_SHARE: Final = 0.9


class OwnFaults:
    """Keeps the incidents of our own parts.

    Args:
        state: of the engine.
        watch: what is known of devices.
        incidents: where they are opened and cleared.
        voice: is told whose silence is withheld.
        operator_of: by device.
    """

    def __init__(
        self,
        state: State,
        watch: Watch,
        incidents: Incidents,
        voice: Voice,
        operator_of: Mapping[str, str],
    ) -> None:
        self._state = state
        self._watch = watch
        self._incidents = incidents
        self._voice = voice
        self._operator_of = operator_of
        self._ended_at: dict[str, float] = {}

    def take(self, event: Own, interval: float) -> None:
        """Note that a part of ours went down or came up."""
        was_blind = self._state.pipeline.blind_since is not None
        self._state.pipeline.own(event, interval)
        if event.up:
            self._ended_at[event.part] = event.at
        elif self._of(event.part) is None:
            self._open(event.part, event.at)
        if was_blind and self._state.pipeline.blind_since is None:
            self._spare(event.part)

    def heard(self, at: float, interval: float) -> None:
        """Note that somebody was heard: the way to us is there."""
        pipeline = self._state.pipeline
        if UPLINK in pipeline.down and at > pipeline.quiet.heard_at:
            self.take(Own(at, UPLINK, up=True), interval)
        pipeline.quiet.hear(at)

    def listen(self, now: float, interval: float) -> None:
        """Take it for a fault of the way to us if nobody is heard, whichever the operator."""
        pipeline = self._state.pipeline
        if pipeline.blind_since is not None or not pipeline.quiet.heard_at:
            return
        if pipeline.quiet.is_unusual(now, interval, self._watch, self._operator_of):
            self.take(Own(pipeline.quiet.heard_at, UPLINK, up=False), interval)

    def ended(self, session: Session, interval: float) -> None:
        """Note that a session ended; many at once are a node of the broker."""
        pipeline = self._state.pipeline
        pipeline.ended(session, interval)
        if pipeline.node_down_at is not None:
            if self._of(_NODE) is None:
                self._open(_NODE, pipeline.node_down_at)
            self._spare(_NODE, session.device)

    def judge(self, now: float) -> None:
        """Clear what is over."""
        pipeline = self._state.pipeline
        for incident in list(self._state.incidents.values()):
            if incident.incident_class is not IncidentClass.PIPELINE:
                continue
            part = incident.candidate
            if part == _NODE:
                if now - pipeline.gone[-1] >= _NODE_SECONDS:
                    pipeline.node_down_at = None
                    pipeline.gone.clear()
                    self._incidents.clear(incident, now, reasons.NO_SESSION_ENDED.say())
            elif part not in pipeline.down and self._are_back(incident, now):
                pipeline.waited_for.discard(part)
                self._incidents.clear(
                    incident, self._ended_at.get(part, now), reasons.IS_BACK.say()
                )

    def blinding_incident(self) -> str | None:
        """Return the incident of the part without which nothing is seen, if one is away."""
        for part in sorted(self._state.pipeline.blinding):
            incident = self._of(part)
            if incident is not None:
                return incident.name
        return None

    def _are_back(self, incident: Incident, now: float) -> bool:
        if incident.candidate not in self._state.pipeline.waited_for:
            return True  # whoever fell silent meanwhile was seen to
        if now >= self._state.pipeline.grace_until:
            return True
        heard = sum(
            watched.last_at is not None and watched.last_at > incident.onset
            for watched in self._watch.of.values()
        )
        return heard >= _HEARD_SHARE * len(self._watch.of)

    def _spare(self, part: str, *devices: str) -> None:
        """Give devices time to come back, and say whose silence is put down to this."""
        spared = self._watch.grace(self._state.pipeline.grace_until)
        incident = self._of(part)
        self._voice.withhold((*devices, *spared), "blind", incident.name if incident else None)

    def _of(self, part: str) -> Incident | None:
        for incident in self._state.incidents.values():
            if incident.incident_class is IncidentClass.PIPELINE and incident.candidate == part:
                return incident
        return None

    def _open(self, part: str, onset: float) -> None:
        self._incidents.open(
            IncidentClass.PIPELINE, part, (PIPELINE,), onset, reasons.IS_DOWN.say(part=part)
        )
