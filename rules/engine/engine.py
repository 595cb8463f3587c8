"""The engine: takes events in the order they come, and judges as the broker's time goes on."""

from collections.abc import Iterable, Mapping
from statistics import median_low
from typing import Final

from rules.engine.adopting import Adoption
from rules.engine.degradations import Degradations
from rules.engine.incidents import Incidents
from rules.engine.links import Hearing, fine_states
from rules.engine.network import Network
from rules.engine.outages import Outages
from rules.engine.own_faults import OwnFaults
from rules.engine.places import Places
from rules.engine.recovery import Recovery
from rules.engine.state import State
from rules.engine.tickets import Tickets
from rules.engine.voice import Voice
from rules.engine.watch import Watch, Watched, make_watched
from rules.engine.windows import without_old
from rules.model import Event, LinkState, Own, Report, Said, Session, Transition, Window

_LOOKS: Final = 12
"""Looks in an interval: a fault of an area is found in a fraction of one."""
_OFF_SECONDS: Final = 600.0
"""How long a device that said why it goes is no evidence of anything else."""
_OFF: Final = frozenset({"shutdown", "goodbye"})
_CLOSED: Final = frozenset({"closed", "orderly"})
_TIMED_OUT: Final = "keepalive_timeout"


class Engine:
    """Decides which villages are without broadband, since when, and why.

    Pure: it does no I/O and reads no clock. The same inventory and the same events give the same
    transitions, live or replayed.

    Args:
        network: of the published inventory.
        state: to go on from; a new one by default. It may be of another inventory: what changed is
            said with the first events.
    """

    def __init__(self, network: Network, state: State | None = None) -> None:
        self.state = state or State()
        made = make_watched(network.devices.values())
        fresh = frozenset(made.keys() - self.state.watched.keys())
        self.state.watched = {
            code: self.state.watched.get(code, watched) for code, watched in made.items()
        }
        self._adoption: Adoption | None = Adoption(self.state, network, fresh)
        self._network = network
        self._voice = Voice()
        self._watch = Watch(self.state.watched, self.state.pipeline.grace_until)
        self._incidents = Incidents(self.state, network, self._voice)
        self._recovery = Recovery(self.state, network, self._watch, self._incidents)
        self._outages = Outages(self.state, network, self._watch, self._incidents, self._recovery)
        self._own = OwnFaults(
            self.state, self._watch, self._incidents, self._voice, network.operator_of
        )
        self._degradations = Degradations(self.state, network, self._incidents)
        self._tickets = Tickets(self.state, self._watch, self._incidents)
        self._hearing = Hearing(self.state, network, self._watch)
        self._places = Places(self.state, network, self._incidents, self._hearing, self._voice)
        self._interval = self.state.interval or self._usual_interval()
        self._next_look = self.state.next_look

    @property
    def next_look(self) -> float:
        """The broker's time of the next look.

        Reports, and what devices say, change nothing that is said before it: they may be handed
        over together with the first event that comes after.
        """
        return self._next_look

    def advance(self, events: Iterable[Event], now: float) -> list[Transition]:
        """Take events and return what they change.

        Args:
            events: in the order of their delivery.
            now: the time at which they are delivered, in seconds; it becomes the time of the
                transitions. Silence is judged by the time at which the broker had messages.
        """
        self._voice.now = now
        if self._adoption is not None:
            # Not before somebody takes what is said of it.
            self._adoption.settle(self._incidents, self._hearing, self._places)
            self._adoption = None
        for event in events:
            if self._next_look <= event.at:
                self._look_until(event.at)
            if type(event) is Report:
                self._report(event)
            else:
                self._take(event)
        return self._voice.hand_over()

    def links(self) -> Mapping[str, LinkState]:
        """Return the state of each link, with the steps on the way that no notice tells of."""
        blind = self.state.pipeline.blind_since is not None
        return fine_states(self.state, self._network, self._watch, blind=blind)

    # -- taking events --------------------------------------------------------------

    def _take(self, event: Event) -> None:
        if isinstance(event, Said):
            self._said(event)
        elif isinstance(event, Session):
            self._session(event)
        elif isinstance(event, Own):
            self._own.take(event, self._interval)
        elif isinstance(event, Window):
            self.state.windows[event.name] = event
            self._incidents.replan()

    def _report(self, report: Report) -> None:
        watched = self._watch.of.get(report.device)
        if watched is None:
            return
        if not watched.is_new(report.boot_id, report.seq) and (
            report.backfill or not watched.has_gone_back(report.boot_id, report.seq)
        ):
            return
        if report.loss is None:
            self._tickets.measure(watched, report)
        if report.backfill:
            return  # it proves that the device lived, not that its link did
        self._own.heard(report.at, self._interval)
        if watched.overdue or watched.gone_at is not None:
            self._outages.returned(watched, report.at)
        self._watch.hear(watched, report)
        if report.on_battery:
            watched.battery_since = watched.battery_since or report.at
            self._outages.suspect(watched)
        else:
            watched.battery_since = None
        if report.loss is not None:
            self._degradations.measure(watched, report)
        if watched.explained_by is not None:
            self._recovery.heard(watched, report)

    def _said(self, said: Said) -> None:
        watched = self._watch.of.get(said.device)
        if watched is None:
            return
        if said.what == "dying_gasp":
            watched.gasped_at = said.at
            self._outages.suspect(watched)
        elif said.what in _OFF:
            watched.excused_until = said.at + _OFF_SECONDS

    def _session(self, session: Session) -> None:
        watched = self._watch.of.get(session.device)
        if watched is None:
            return
        if session.connected:
            self._own.heard(session.at, self._interval)
            self._connected(watched, session.at)
            return
        if session.reason in _CLOSED:
            # The system that closed the socket was alive: whatever it is, it is not the link.
            watched.excused_until = session.at + _OFF_SECONDS
        elif session.reason == _TIMED_OUT and watched.last_at is not None:
            watched.gone_at = session.at
            self._outages.suspect(watched)
        self._own.ended(session, self._interval)

    def _connected(self, watched: Watched, at: float) -> None:
        if watched.overdue or watched.gone_at is not None:
            self._outages.returned(watched, at)
        self._watch.hear_session(watched, at)
        if watched.explained_by is not None:
            self._recovery.connected(watched, at)

    # -- judging --------------------------------------------------------------------

    def _look_until(self, at: float) -> None:
        if not self.state.started_at:
            self.state.started_at = self._next_look = at
            self._places.begin(at)
        while self._next_look <= at:
            self._look(self._next_look)

    def _look(self, now: float) -> None:
        self.state.watermark = now
        if self.state.looks % _LOOKS == 0:
            self._interval = self.state.interval = self._usual_interval()
            self._incidents.damping.forget(now)
            self.state.windows = without_old(self.state.windows, now)
        self.state.looks += 1
        self._next_look = self.state.next_look = now + self._interval / _LOOKS
        self._own.listen(now, self._interval)
        overdue = self._watch.look(now)
        self._recovery.fell_silent_again(overdue)
        self._withhold(overdue, now)
        self._own.judge(now)
        blind_since = self.state.pipeline.blind_since
        if blind_since is None:
            self._outages.judge(now, self._interval)
            if self.state.looks % 2 == 0:
                self._degradations.judge(now)
            self._tickets.judge(now)
            self._incidents.keep_windows(now)
            self._places.tell(now)
        else:
            self._places.tell_blind(blind_since, self._own.blinding_incident())
        self._voice.end_look()

    def _withhold(self, overdue: Iterable[Watched], now: float) -> None:
        excused = [watched.code for watched in overdue if now < watched.excused_until]
        self._voice.withhold(excused, "excused")
        if self.state.pipeline.blind_since is not None:
            silent = [watched.code for watched in overdue if now >= watched.excused_until]
            self._voice.withhold(silent, "blind", self._own.blinding_incident())

    def _usual_interval(self) -> float:
        """Return the interval of most devices that watch links, in seconds."""
        intervals = [
            self._watch.of[code].interval
            for code, device in self._network.devices.items()
            if device.kind.watches_link
        ]
        return median_low(intervals) if intervals else 30.0
