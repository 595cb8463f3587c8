"""The show: brings the instruments up to date each second, and has the rulebook judge some."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from rules.model import IncidentClass, LinkState, VillageState
from rules.notify.model import Outcome
from rules.rulebook.quantities import OWN_INTERVAL_SECONDS
from rules.service.consequences import Consequences
from rules.service.instruments import Instruments
from rules.service.journal import Journal
from rules.service.keeper import Keeper
from rules.service.notices import Notices
from rules.service.outbox import Outbox
from rules.service.outside import Outside
from rules.service.samples import instruments_line
from rules.service.states import count_states
from rules.service.watcher import Watcher
from rules.service.written import Written
from runtime.clock import Clock

_FAILED: Final = frozenset({Outcome.FAILED, Outcome.GIVEN_UP})
_EVERY: Final = timedelta(seconds=1)
_JUDGED: Final = timedelta(seconds=OWN_INTERVAL_SECONDS)


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to show."""

    watcher: Watcher
    outside: Outside
    keeper: Keeper
    journal: Journal
    outbox: Outbox
    notices: Notices
    written: Written
    consequences: Consequences


class Show:
    """Shows how the service does.

    Args:
        shown: its parts.
        instruments: that show them.
        clock: tells the time.
    """

    def __init__(self, shown: Shown, instruments: Instruments, clock: Clock) -> None:
        self._shown = shown
        self._instruments = instruments
        self._clock = clock
        self._now = clock.now()
        self._judged_at: datetime | None = None
        self._slowest = 0.0

    async def run(self) -> None:
        """Show until cancelled, and at each look at the metrics."""
        self._instruments.refresh = self.update
        while True:
            self.update()
            await asyncio.sleep(_EVERY.total_seconds())

    def update(self) -> None:
        """Bring all instruments up to date."""
        before, self._now = self._now, self._clock.now()
        self._show_feed(self._now - before)
        self._show_known()
        self._show_kept()
        if self._judged_at is None or (self._now - self._judged_at) >= _JUDGED:
            self._judged_at = self._now
            self._have_judged()

    def _show_feed(self, passed: timedelta) -> None:
        to, watcher = self._instruments, self._shown.watcher
        feed, sight = watcher.feed, watcher.sight
        to.count(to.lines, feed.kinds)
        refused = {str(reason): count for reason, count in watcher.arrivals.refused.items()}
        to.count(to.refused, refused)
        to.count_one(to.failures, feed.failures)
        to.waiting.set(feed.waiting)
        to.connected.set(feed.session.connected.is_set())
        to.blind.set(sight.blind)
        if sight.blind:
            to.blind_seconds.inc(passed.total_seconds())
        for seconds in feed.take_step_seconds():
            to.step_seconds.observe(seconds)
            self._slowest = max(self._slowest, seconds)
        for seconds in sight.take_round_trips():
            to.round_trip.observe(seconds)

    def _show_known(self) -> None:
        to, decider = self._instruments, self._shown.watcher.decider
        memory, network = decider.memory, decider.known.network
        follows = self._shown.consequences
        classes = Counter(each.incident_class for each in follows.desk.records.values())
        for incident_class in IncidentClass:
            to.incidents.labels(incident_class).set(classes[incident_class])
        to.count(to.opened, {str(kind): n for kind, n in follows.told.opened.items()})
        villages = count_states(memory.villages, len(network.villages), VillageState.SERVED)
        for state in VillageState:
            to.villages.labels(state).set(villages[state])
        links = count_states(memory.links, len(network.links), LinkState.UP)
        for link_state in LinkState:
            to.links.labels(link_state).set(links[link_state])
        to.inventory.set(memory.revision)

    def _show_kept(self) -> None:
        to, shown = self._instruments, self._shown
        to.state_ok.set(shown.journal.failure is None and shown.keeper.failure is None)
        to.database_up.set(shown.outside.database_failure is None)
        to.outbox.set(len(shown.outbox))
        to.count_one(to.outbox_lost, shown.outbox.lost)
        to.count_one(to.outbox_refused, shown.outside.writer.refused)
        for (receiver, outcome), count in shown.notices.results.items():
            to.count_many(to.notices, (receiver, outcome), count)
        for name, problem in shown.written.problems.items():
            to.written_ok.labels(name).set(problem is None)

    def _have_judged(self) -> None:
        """Give the rulebook what it knows of ourselves."""
        shown = self._shown
        failed = sum(
            count for (_, outcome), count in shown.notices.results.items() if outcome in _FAILED
        )
        values = {
            "rules_lag_seconds": shown.watcher.feed.lag(self._now).total_seconds(),
            "rules_tick_seconds": self._slowest,
            "rules_broker_connected": float(shown.watcher.feed.session.connected.is_set()),
            "rules_database_up": float(shown.outside.database_failure is None),
            "rules_changes_waiting": float(len(shown.outbox)),
            "rules_notices_failed": float(failed),
            "rules_canaries_overdue": float(shown.watcher.sight.blind),
        }
        self._slowest = 0.0
        shown.watcher.own([instruments_line(self._now, values | shown.outside.ingest_values)])
