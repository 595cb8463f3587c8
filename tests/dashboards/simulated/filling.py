"""Filling: lines of an event log into ingest and rules, as they would have come, but faster."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from psycopg import AsyncConnection
from pydantic_core import from_json

from province.inventory import Inventory
from rules.books.builder import tick
from runtime.broker.message import Message
from runtime.clock import Clock
from tests.dashboards.simulated.decisions import Decisions
from tests.dashboards.simulated.extras import Extras, Line
from tests.dashboards.simulated.people import People
from tests.dashboards.simulated.reports import Reports
from tests.eventlog import message_of

_MESSAGES: Final = 4_000
"""In a transaction, as in ingest."""
_LONGEST: Final = timedelta(hours=2)
"""Of what is written together."""
_DAY: Final = timedelta(days=1)
_MUTE: Final = timedelta(hours=3)
"""Before the present: then somebody holds notices."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Connections:
    """To one database, each with the rights of whom it is named after."""

    owner: AsyncConnection
    ingest: AsyncConnection
    rules: AsyncConnection


class Filling:
    """Takes lines in up to the present, and further as time goes on.

    Args:
        connections: to a database that has the inventory.
        inventory: the published one.
        lines: of the event log.
        start: of the first of them.
        present: at which the story comes to a head.
        commune: of the river's station, and of whoever is held off from notices.
        seed: of what becomes of notices.

    Attributes:
        at: when the newest line that was taken in was received.
        messages: how many were taken in.
    """

    def __init__(
        self,
        connections: Connections,
        inventory: Inventory,
        lines: Iterator[bytes],
        start: datetime,
        present: datetime,
        commune: str,
        seed: int,
    ) -> None:
        self._rules = connections.rules
        self._lines = lines
        self._next: Line | None = None
        self._reports = Reports(connections.ingest, connections.owner, start)
        self._decisions = Decisions(inventory, 1, start, Random(f"{seed} notices"))
        self._people = People(connections.rules, commune)
        self._extras = Extras(start, present, commune)
        self._waiting = list[Message]()
        self._write_at = start + _LONGEST
        self._day_ends = start + _DAY
        self._mute_at: datetime | None = present - _MUTE
        self._start = start
        self.at = start
        self.messages = 0

    async def open(self) -> None:
        """Get ready; call once before the first `catch_up`."""
        await self._reports.open()

    async def catch_up(self, clock: Clock, say: Say = lambda _: None) -> None:
        """Take lines in up to the present, which moves on meanwhile.

        Args:
            clock: tells the present.
            say: is told of each day that is done.
        """
        while (line := self._next_line()) is not None:
            at = datetime.fromisoformat(line.get("delivered_at") or line["received_at"])
            if at > clock.now():
                self._next = line
                break
            await self._before(line, at, say)
            self._take(line)
            self.at = max(self.at, at)
        self._between(clock.now())
        await self._write()
        await self._end_day(clock.now())

    def _next_line(self) -> Line | None:
        line, self._next = self._next, None
        if line is None and (text := next(self._lines, None)) is not None:
            line = from_json(text)
        return line

    async def _before(self, line: Line, at: datetime, say: Say) -> None:
        """Do what is due before a line is taken in."""
        self._between(at)
        if len(self._waiting) >= _MESSAGES or at >= self._write_at:
            await self._write()
            self._write_at = at + _LONGEST
            await self._people.handle(at)
        if self._mute_at is not None and at >= self._mute_at:
            self._mute_at = None
            self._decisions.mute(await self._people.plan(at))
        if line["kind"] == "maintenance":
            await self._people.announce(line)
        if at >= self._day_ends:
            await self._end_day(at)
            self._day_ends += _DAY
            say(f"{(at - self._start).days} days, {self.messages:,} messages")

    def _between(self, at: datetime) -> None:
        for extra in self._extras.until(at):
            self._take(extra)
        self._decisions.go_on(at)

    def _take(self, line: Line) -> None:
        if line["kind"] == "message":
            message = message_of(line)
            self._waiting.append(message)
            self._decisions.hear(message)
            self.messages += 1
        elif line["kind"] not in {"header", "end"}:
            self._decisions.take(line)

    async def _write(self) -> None:
        await self._reports.store(self._waiting)
        self._waiting = []
        await self._decisions.write(self._rules)

    async def _end_day(self, at: datetime) -> None:
        await self._reports.roll_up(at)
        await tick(self._rules, at)
