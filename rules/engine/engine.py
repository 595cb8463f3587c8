"""The engine: takes events in the order they come, and judges as the broker's time goes on."""

from collections.abc import Iterable
from statistics import median_low
from typing import Final

from rules.engine.degradations import Degradations
from rules.engine.incidents import Incidents
from rules.engine.network import Network
from rules.engine.outages import Outages
from rules.engine.own_faults import OwnFaults
from rules.engine.state import State
from rules.engine.tickets import Tickets
from rules.engine.villages import fuse
from rules.engine.watch import Watch, make_watched
from rules.model import (
    Event,
    Own,
    Report,
    Said,
    Session,
    Transition,
    VillageState,
    Window,
)

_TICKS: Final = 12
"""Looks in an interval: a fault of an area is found in a fraction of one."""
_OFF_SECONDS: Final = 600.0
"""How long a device that said why it goes is no evidence of anything else."""
_OFF: Final = frozenset({"shutdown", "goodbye"})
_CLOSED: Final = frozenset({"closed", "orderly"})


class Engine:
    """Decides which villages are without broadband, since when, and why.

    Pure: it does no I/O and reads no clock. The same inventory and the same events give the same
    transitions, live or replayed.

    Args:
        network: of the published inventory.
        state: to go on from; a new one by default.
    """

    def __init__(self, network: Network, state: State | None = None) -> None:
        self.state = state or State()
        known = make_watched(network.devices.values())
        self.state.watched = {
            code: self.state.watched.get(code, fresh) for code, fresh in known.items()
        }
        self._network = network
        self._watch = Watch(self.state.watched)
        self._incidents = Incidents(self.state, network)
        self._outages = Outages(self.state, network, self._watch, self._incidents)
        self._own = OwnFaults(self.state, self._watch, self._incidents)
        self._degradations = Degradations(self.state, network, self._incidents)
        self._tickets = Tickets(self.state, self._watch, self._incidents)
        self._interval = self._usual_interval()
        self._next_tick = self.state.watermark
        self._ticks = 0

    def advance(self, events: Iterable[Event], now: float) -> list[Transition]:
        """Take events and return what they change.

        Args:
            events: in the order of their delivery.
            now: the time at which they are delivered, in seconds; it becomes the time of the
                transitions. Silence is judged by the time at which the broker had messages.
        """
        self._incidents.now = now
        for event in events:
            while self._next_tick <= event.at:
                self._start(event.at)
                self._tick(self._next_tick)
            self._take(event)
        return self._incidents.hand_over()

    # -- taking events --------------------------------------------------------------

    def _take(self, event: Event) -> None:
        if isinstance(event, Report):
            self._report(event)
        elif isinstance(event, Said):
            self._said(event)
        elif isinstance(event, Session):
            self._session(event)
        elif isinstance(event, Own):
            self._own.take(event, self._interval)
        elif isinstance(event, Window):
            self.state.windows[event.name] = event

    def _report(self, report: Report) -> None:
        watched = self._watch.of.get(report.device)
        if watched is None or not watched.is_new(report.boot_id, report.seq):
            return
        self._tickets.measure(watched, report)
        if report.backfill:
            return  # it proves that the device lived, not that its link did
        self._watch.hear(watched, report)
        if report.on_battery:
            watched.battery_since = watched.battery_since or report.at
            self._outages.suspect(watched)
        else:
            watched.battery_since = None
        self._degradations.measure(watched, report)
        self._incidents.heard(watched, report)

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
        if watched is None or session.connected:
            return
        if session.reason in _CLOSED:
            # The system that closed the socket was alive: whatever it is, it is not the link.
            watched.excused_until = session.at + _OFF_SECONDS
        self._own.ended(session, self._interval)

    def _start(self, at: float) -> None:
        if not self.state.started_at:
            self.state.started_at = self._next_tick = at

    # -- judging --------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self.state.watermark = now
        if self._ticks % (10 * _TICKS) == 0:
            self._interval = self._usual_interval()
        self._ticks += 1
        self._next_tick = now + self._interval / _TICKS
        overdue = self._watch.look(now)
        self._incidents.fell_silent_again(overdue)
        self._own.judge(now)
        if self.state.pipeline.blind_since is None:
            self._outages.judge(now, self._interval)
            if self._ticks % 2 == 0:
                self._degradations.judge(now)
            self._tickets.judge(now)
            self._incidents.keep_windows(now)
        self._book(now)

    def _book(self, now: float) -> None:
        blind = self.state.pipeline.blind_since
        if blind is not None:
            self._incidents.say_everywhere(VillageState.UNKNOWN, blind, "pipeline")
            return
        self._incidents.say_villages(fuse(self.state.incidents.values(), self._network), now)

    def _usual_interval(self) -> float:
        """Return the interval of most devices that watch links, in seconds."""
        intervals = [
            self._watch.of[code].interval
            for code, device in self._network.devices.items()
            if device.kind.watches_link
        ]
        return median_low(intervals) if intervals else 30.0
