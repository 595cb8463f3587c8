"""Incidents: opened, changed, cleared; one for each root, and each step with its reason."""

from collections.abc import Iterable
from typing import Final

from province import reasons
from rules.engine.damping import AGAIN_SECONDS, Damping
from rules.engine.network import Candidate, Network
from rules.engine.state import State
from rules.engine.voice import Voice
from rules.engine.windows import GRACE_SECONDS, find_window
from rules.model import Action, Incident, IncidentClass, IncidentNotice, Window

_UPDATE_SECONDS: Final = 600.0
"""An incident that flaps is not spoken of more often."""


class Incidents:
    """The incidents of a state, and what is said of them.

    Args:
        state: where they are kept.
        network: what their roots impair.
        voice: says it.

    Attributes:
        ends: when what impaired villages and links ended, of incidents cleared in this look.
        changed: something changed in this look that places may have to be told.
    """

    def __init__(self, state: State, network: Network, voice: Voice) -> None:
        self.ends: dict[str, float] = {}
        self.changed = True
        self.damping = Damping(state)
        self._takers: dict[str, str] = {}
        self._state = state
        self._network = network
        self._voice = voice

    def of_class(self, *classes: IncidentClass) -> list[Incident]:
        """Return the open incidents of these classes, in the order of their opening."""
        return [each for each in self._state.incidents.values() if each.incident_class in classes]

    # -- their life -----------------------------------------------------------------

    def open(
        self,
        kind: IncidentClass,
        candidate: str,
        root: tuple[str, ...],
        onset: float,
        reason: reasons.Said,
        members: Iterable[str] = (),
        root_kind: str = "",
        follows: Incident | None = None,
    ) -> Incident:
        """Open an incident, or the one again that ended lately at this root.

        Where it follows another one, it impairs what that did.
        """
        name, again = self._name(candidate)
        incident = Incident(name, kind, candidate, root, onset, self._voice.now)
        incident.again = again
        incident.root_kind = root_kind or kind.value
        if kind is IncidentClass.OUTAGE:
            self._fall(incident)
        self._state.incidents[name] = incident
        incident.members.update(members)
        self.add_founders(incident, incident.members)
        self._spread(incident)
        if follows is not None:
            incident.links, incident.villages = follows.links, follows.villages
            incident.fell_later, incident.over = follows.fell_later, follows.over
        self._plan(incident)
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
            incident.released.discard(code)
            incident.rejoined.pop(code, None)
            incident.back.pop(code, None)
            incident.returned.pop(code, None)
            watched = self._state.watched[code]
            if watched.explained_by != incident.name:
                self._take_from(watched.explained_by, code, incident)
                watched.explained_by = incident.name
                self._voice.withhold((code,), "explained", incident.name)

    def _take_from(self, name: str | None, code: str, taker: Incident) -> None:
        """Have an incident lose a device that another explains better."""
        loser = self._state.incidents.get(name or "")
        if loser is not None:
            for of in (loser.members, loser.founders, loser.released):
                of.discard(code)
            loser.back.pop(code, None)
            loser.returned.pop(code, None)
            self._takers[loser.name] = taker.name

    def merge_emptied(self) -> None:
        """End incidents all of whose devices others have come to explain."""
        for name, taker in self._takers.items():
            loser, parent = self._state.incidents.get(name), self._state.incidents.get(taker)
            if loser is not None and parent is not None and not loser.founders:
                self.merge(loser, parent)
        self._takers.clear()

    def change_root(self, incident: Incident, candidate: Candidate, onset: float) -> None:
        """Have another candidate be an incident's cause."""
        self.damping.moved(incident.candidate, candidate.name, self._state.watermark)
        incident.candidate, incident.root, incident.onset = candidate.name, candidate.root, onset
        incident.root_kind = candidate.kind
        self._spread(incident)
        was_planned = incident.planned_until is not None
        self._plan(incident)
        # More than what was announced: people have not been told yet.
        news = was_planned and incident.planned_until is None
        self._say(incident, Action.UPDATE, reasons.ROOT_CHANGED.say(), notified=news)

    def retell(self, incident: Incident, reason: reasons.Said) -> None:
        """Say an incident again whose root or impact is another; nobody need be told of it."""
        self._say(incident, Action.UPDATE, reason, notified=False)

    def grow(
        self, incident: Incident, links: Iterable[str], since: float, villages: Iterable[str] = ()
    ) -> None:
        """Have more be down by an incident, since a moment after its onset."""
        links = set(links) - incident.links - incident.over.keys()
        villages = {*villages, *self._network.villages_on(links)} - incident.villages
        if links or villages:
            incident.fell_later.update(dict.fromkeys((*links, *villages), since))
            incident.links |= links
            incident.villages |= villages
            self._say(incident, Action.UPDATE, reasons.GREW.say(), notified=False)

    def note_end(self, place: str, end: float) -> None:
        """Note when what impaired a place ended, or the part of it that did."""
        self.ends[place] = max(end, self.ends.get(place, end))
        if place in self._network.links:
            covered = self._state.covered
            covered[place] = max(end, covered.get(place, end))

    def merge(self, child: Incident, parent: Incident) -> None:
        """End an incident that turned out to be a part of another."""
        self._voice.withhold(child.root, "merged", parent.name)
        reason = reasons.PART_OF.say(incident=parent.name)
        self.clear(child, self._state.watermark, reason, notified=False, into=parent.name)

    def clear(
        self,
        incident: Incident,
        end: float,
        reason: reasons.Said,
        *,
        notified: bool = True,
        into: str | None = None,
    ) -> None:
        """End an incident at `end`, which may be some time ago."""
        del self._state.incidents[incident.name]
        # What was a part of another never was more than that.
        over = end if into is None else incident.onset
        for place in (*incident.villages, *incident.links):
            self.note_end(place, over)
        for code in incident.members:
            watched = self._state.watched[code]
            if watched.explained_by != incident.name:
                continue
            watched.explained_by = None
            if watched.overdue and into is None:
                # It did not come back with the others: a matter of its own by now.
                watched.excused_until = self._state.watermark + AGAIN_SECONDS
        if incident.incident_class in {IncidentClass.OUTAGE, IncidentClass.DEGRADATION}:
            self._state.closed[incident.candidate] = (incident.name, self._state.watermark)
        told = notified and incident.notified
        self._say(incident, Action.CLEAR, reason, end=end, notified=told, into=into)

    def replan(self) -> None:
        """Note how long announced work goes on by now: a window was extended, cut or cancelled.

        What was announced held until now. An outage that nobody had announced stays one.
        """
        for incident in self._state.incidents.values():
            if incident.planned_until is not None:
                window = self._window(incident)
                now = self._state.watermark
                incident.planned_until = (
                    window.ends_at if window else min(incident.planned_until, now)
                )

    def keep_windows(self, now: float) -> None:
        """Tell people of work that is not done five minutes after its window."""
        for incident in list(self._state.incidents.values()):
            until = incident.planned_until
            if until is not None and now >= until + GRACE_SECONDS:
                self.clear(incident, until, reasons.WINDOW_OVER.say())
                self._state.closed.pop(incident.candidate, None)
                self.open(
                    incident.incident_class,
                    incident.candidate,
                    incident.root,
                    until,
                    reasons.OVERRUNS.say(),
                    incident.founders - incident.released,
                    incident.root_kind,
                    incident,
                )

    # -- flapping -------------------------------------------------------------------

    def fell_again(self, incident: Incident) -> None:
        """Note that what was up again is down once more."""
        incident.was_up = False
        self._fall(incident)

    def tell_flapping(self, incident: Incident, now: float) -> None:
        """Keep whether an incident flaps, and tell people, if they were not told just now."""
        flapping = self.damping.is_flapping(incident.candidate, now, before=incident.flapping)
        incident.flapping = flapping
        if flapping is incident.told_flapping or now - incident.told_at < _UPDATE_SECONDS:
            return
        incident.told_flapping = flapping
        flaps = reasons.FLAPS if flapping else reasons.FLAPS_NO_MORE
        self._say(incident, Action.UPDATE, flaps.say())

    def _fall(self, incident: Incident) -> None:
        self.damping.went_down(incident.candidate, self._state.watermark)

    # -- saying ---------------------------------------------------------------------

    def _name(self, candidate: str) -> tuple[str, bool]:
        name, closed_at = self._state.closed.get(candidate, ("", 0.0))
        if name and self._state.watermark - closed_at < AGAIN_SECONDS:
            return name, True
        self._state.numbered += 1
        return f"{self._state.series}{self._state.numbered}", False

    def _spread(self, incident: Incident) -> None:
        candidate = self._network.candidates.get(incident.candidate)
        if candidate is not None:
            incident.links, incident.villages = self._network.impact(candidate)
            incident.fell_later.clear()
            incident.over.clear()
            incident.released.clear()

    def _plan(self, incident: Incident) -> None:
        """Note the announced window in which an incident lies, if it does."""
        window = self._window(incident)
        incident.planned_until = window.ends_at if window else None
        incident.notified = window is None
        if window is not None:
            self._voice.withhold(incident.root, "planned", incident.name)

    def _window(self, incident: Incident) -> Window | None:
        windows = self._state.windows.values()
        return find_window(windows, incident.root, self._state.watermark, self._network)

    def _say(
        self,
        incident: Incident,
        action: Action,
        reason: reasons.Said,
        *,
        end: float | None = None,
        notified: bool | None = None,
        into: str | None = None,
    ) -> None:
        self.changed = True
        told = incident.notified if notified is None else notified
        if told:
            incident.told_at = self._state.watermark
        self._voice.say(
            IncidentNotice(
                at=self._voice.now,
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
                notified=told,
                root_kind=incident.root_kind,
                flapping=incident.flapping,
                into=into,
            )
        )
