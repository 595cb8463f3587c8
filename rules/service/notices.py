"""Notices: who is told, by routes that may be exchanged while incidents are open."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

from rules.errors import UsageError
from rules.incidents.geography import Geography
from rules.incidents.record import IncidentRecord
from rules.model import Action
from rules.notify.assembly import Outside, make_channels
from rules.notify.channel import Channel, Publish
from rules.notify.log_file import NotificationLog
from rules.notify.message import Writer
from rules.notify.model import Result
from rules.notify.notifications import Notifications
from rules.notify.routes import Routes
from rules.notify.routes_file import parse_routes, read_routes
from rules.notify.state import NotifyState
from rules.plain import dump_plain
from rules.service.files import Contents
from rules.service.people import People
from rules.settings import RulesSettings
from runtime.clock import Clock
from runtime.settings import SettingsError


@dataclass(frozen=True, slots=True)
class Tellers:
    """Routes, and a channel for each of their receivers."""

    routes: Routes
    channels: Mapping[str, Channel]


class Notices:
    """Runs the notifications, and exchanges them when the routes change.

    Args:
        directory: of the state, for the notification log.
        settings: of the service.
        publish: publishes over MQTT.
        clock: tells the time.
        random: spreads retries.
        heard: is told what became of each message.

    Attributes:
        results: how many messages had which outcome, by receiver and outcome.
    """

    def __init__(
        self,
        directory: Path,
        settings: RulesSettings,
        publish: Publish,
        clock: Clock,
        random: Random,
        heard: Callable[[Result], None],
    ) -> None:
        self._directory = directory
        self._names: dict[str, str] = {}
        writer = Writer(self._names, settings.link, settings.runbook)
        self._outside = Outside(writer, clock, settings.province, publish)
        self._clock = clock
        self._random = random
        self._heard = heard
        self._stop = asyncio.Event()
        self._next: Tellers | None = None
        self.results: Counter[tuple[str, str]] = Counter()

    def parse(self, contents: Contents) -> Tellers:
        """Return the routes that a file describes, with their channels.

        Raises:
            UsageError: with every problem, or naming the secret that cannot be read.
        """
        routes = parse_routes(*contents[0]) if contents else read_routes(None)
        try:
            return Tellers(routes, make_channels(routes, self._outside))
        except SettingsError as error:
            raise UsageError(str(error)) from None

    def begin(self, tellers: Tellers, state: NotifyState) -> None:
        """Get ready to go on from what was remembered."""
        self._current = self._make(tellers, state)

    def exchange(self, tellers: Tellers) -> None:
        """Go on by other routes, once what is under way has ended."""
        self._next = tellers
        self._stop.set()

    async def run(self) -> None:
        """Tell people until closed."""
        while True:
            await self._current.run(self._stop)
            if self._next is None:
                return
            tellers, self._next = self._next, None
            self._stop.clear()
            self._current = self._make(tellers, self._current.state)

    async def close(self) -> None:
        """Have `run` end once what is under way has ended."""
        self._next = None
        self._stop.set()

    def take(self, record: IncidentRecord, action: Action, now: float) -> None:
        """Take a step of an incident."""
        self._current.take(record, action, now)

    def use(self, geography: Geography) -> None:
        """Call things by the names of another inventory."""
        self._names.clear()
        for group in (
            geography.communes,
            geography.operators,
            geography.villages,
            geography.nodes,
        ):
            self._names.update({code: str(each.name) for code, each in group.items()})

    def use_people(self, people: People) -> None:
        """Hold notices as people want it."""
        self._current.set_mutes(people.mutes)
        self._current.set_acknowledged(people.acknowledged)
        self._current.set_escalated(people.escalated)

    def dump(self) -> bytes:
        """Return what is remembered as JSON."""
        return dump_plain(self._current.state)

    @property
    def logged(self) -> int:
        """Number of the newest line of the notification log that `dump` includes."""
        return self._current.state.logged

    async def saved(self, logged: int) -> None:
        """Hear that a state with this line is safe on the disk."""
        await self._current.saved(logged)

    def failing(self) -> dict[str, str]:
        """Return the receivers that did not take the last message, and why."""
        return self._current.failing()

    def _make(self, tellers: Tellers, state: NotifyState) -> Notifications:
        return Notifications(
            tellers.routes,
            tellers.channels,
            self._clock,
            self._random,
            NotificationLog(self._directory),
            state,
            self._note,
        )

    def _note(self, result: Result) -> None:
        self.results[result.receiver, str(result.outcome)] += 1
        self._heard(result)
