"""The past: a story, played by simulators and taken in by ingest and rules up to the present."""

import asyncio
import gc
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

from psycopg import AsyncConnection, sql
from pydantic_core import from_json

from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.metrics import catalogue
from rules.books.builder import tick
from runtime.broker.message import Message
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from simulators.generate import generate_inventory
from simulators.offline.run import run_offline
from simulators.scenarios.model import Scenario
from simulators.score.truth import Truth, read_truth
from simulators.world.cast import with_intervals
from simulators.world.production import Play
from tests.dashboards.simulated.decisions import Decisions
from tests.dashboards.simulated.extras import Extras, Line, gauge
from tests.dashboards.simulated.people import People
from tests.dashboards.simulated.reports import Reports
from tests.dashboards.simulated.story import tell
from tests.eventlog import message_of

_BATCH: Final = 4_000
"""Messages in a transaction, as in ingest."""
_DAY: Final = timedelta(days=1)
_BATCH_LASTS: Final = timedelta(hours=2)
_MUTE: Final = timedelta(hours=3)
"""Before the present: then somebody holds notices."""
_VARIETIES: Final = ("air", "weather", "rain", "water", "traffic", "noise", "light", "energy")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be simulated.

    Attributes:
        days: how many lie before the present.
        scale: of the province.
        interval: between two reports of a link; of a sensor it is twice that.
        seed: of all that is drawn.
    """

    days: float = 30
    scale: float = 0.1
    interval: timedelta = timedelta(minutes=10)
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Past:
    """What a database was filled with.

    Attributes:
        inventory: the published one.
        truth: what really happened, and what goes on behind the present.
        start: of the story.
        present: when filling ended: what was received up to then is in the database.
        messages: how many that was.
    """

    inventory: Inventory
    truth: Truth
    start: datetime
    present: datetime
    messages: int


async def fill_past(url: str, plan: Plan, clock: Clock, say: Say) -> Past:
    """Fill a migrated, empty database; return what it was filled with.

    Args:
        url: of the database, as its owner.
        plan: what is simulated.
        clock: the database's; filling ends when it has caught up with the clock.
        say: is told how far it is.
    """
    inventory = _province(plan)
    story = tell(plan.days, plan.interval, clock.now())
    commune = inventory.devices[0].commune
    published = with_intervals(inventory, story.conditions)
    published = replace(published, devices=(*published.devices, gauge(commune)))
    with tempfile.TemporaryDirectory(prefix="srepok-simulated-") as name:
        events, truth = Path(name, "events.jsonl"), Path(name, "truth.jsonl")
        _play(Play(story, inventory, plan.seed, plan.scale), events, truth)
        say(f"played: {events.stat().st_size / 1e6:,.0f} MB of events")
        async with _connections(url) as (owner, ingest, rules):
            now = clock.now()
            await import_inventory(
                owner, published, catalogue().values(), source="simulated", now=story.start
            )
            filling = _Filling(ingest, rules, published, story, now, commune, plan.seed)
            with events.open("rb") as lines:
                await filling.run(lines, clock, say)
            await owner.execute("ANALYZE")
        return Past(published, read_truth(truth), story.start, filling.at, filling.messages)


def _province(plan: Plan) -> Inventory:
    """Return the province, with a sensor of each variety: a small one has not all of them."""
    made = generate_inventory(plan.seed, plan.scale)
    commune = made.villages[0].commune
    more = tuple(
        Device(
            code=f"{commune}-more-{variety}",
            kind=DeviceKind.SENSOR,
            name=f"{commune}: {variety}",
            commune=commune,
            interval_seconds=60,
        )
        for variety in _VARIETIES
    )
    return replace(made, devices=(*made.devices, *more))


def _play(chosen: Play, events: Path, truth: Path) -> None:
    # Millions of small objects and no cycles.
    gc.disable()
    try:
        with events.open("wb") as log, truth.open("w", encoding="utf-8") as told:
            run_offline(chosen, [log], truth=told)
    finally:
        gc.enable()


@asynccontextmanager
async def _connections(
    url: str,
) -> AsyncIterator[tuple[AsyncConnection, AsyncConnection, AsyncConnection]]:
    """Open connections with the rights of the owner, of ingest and of the rules."""
    address = DatabaseAddress.from_url(url)
    async with AsyncExitStack() as stack:

        async def opened(role: str | None = None) -> AsyncConnection:
            connection = await connect(
                address, "srepok-simulated", statement_timeout=timedelta(minutes=10)
            )
            await stack.enter_async_context(connection)
            if role is not None:
                await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            return connection

        yield await opened(), await opened("srepok_ingest"), await opened("srepok_rules")


class _Filling:
    """Takes lines in as they would have come, as fast as it goes."""

    def __init__(
        self,
        ingest: AsyncConnection,
        rules: AsyncConnection,
        published: Inventory,
        story: Scenario,
        present: datetime,
        commune: str,
        seed: int,
    ) -> None:
        self._ingest, self._rules = ingest, rules
        self._start, self._present = story.start, present
        self._reports = Reports(ingest, story.start)
        self._decisions = Decisions(published, 1, story.start, Random(f"{seed} notices"))
        self._people = People(rules, commune)
        self._extras = Extras(story.start, present, commune)
        self._waiting: list[Message] = []
        self._write_at = story.start + _BATCH_LASTS
        self._day_ends = story.start + _DAY
        self._mute_at: datetime | None = present - _MUTE
        self.at = story.start
        self.messages = 0

    async def run(self, lines: Iterator[bytes] | object, clock: Clock, say: Say) -> None:
        """Take lines up to the present, which moves on meanwhile."""
        await self._reports.open()
        for text in lines:  # type: ignore[attr-defined]
            line = from_json(text)
            at = datetime.fromisoformat(line.get("delivered_at") or line["received_at"])
            if at > clock.now():
                break
            for extra in self._extras.until(at):
                self._take(extra)
            await self._happen(line, at, say)
            self._take(line)
            self.at = max(self.at, at)
        await self._write()
        await self._end_of_day(self.at)

    async def _happen(self, line: Line, at: datetime, say: Say) -> None:
        """Do what is due before a line is taken."""
        if len(self._waiting) >= _BATCH or at >= self._write_at:
            await self._write()
            self._write_at = at + _BATCH_LASTS
            await self._people.handle(at)
        if self._mute_at is not None and at >= self._mute_at:
            self._mute_at = None
            self._decisions.mute(await self._people.plan(at))
        if line["kind"] == "maintenance":
            await self._people.announce(line)
        if at >= self._day_ends:
            await self._end_of_day(at)
            self._day_ends += _DAY
            say(f"{(at - self._start).days} days, {self.messages:,} messages")

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
        await asyncio.sleep(0)

    async def _end_of_day(self, at: datetime) -> None:
        await self._reports.roll_up(at)
        await tick(self._rules, at)
