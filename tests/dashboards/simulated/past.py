"""The past: a story, played by simulators and taken in by ingest and rules up to the present."""

import gc
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from psycopg import AsyncConnection, sql

from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from simulators.generate import generate_inventory
from simulators.offline.run import run_offline
from simulators.score.truth import Truth, read_truth
from simulators.world.cast import with_intervals
from simulators.world.production import Play
from tests.dashboards.simulated.extras import gauge
from tests.dashboards.simulated.filling import Connections, Filling, Say
from tests.dashboards.simulated.story import tell

_VARIETIES: Final = ("air", "weather", "rain", "water", "traffic", "noise", "light", "energy")
_LONGEST_STATEMENT: Final = timedelta(minutes=10)


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


class Past:
    """What a database was filled with.

    Args:
        inventory: the published one.
        truth: what really happened, and what goes on behind the present.
        start: of what was played.
        filling: has filled it.
        clock: the database's.

    Attributes:
        inventory: the published one.
        truth: what really happened, and what goes on behind the present.
        start: of what was played.
    """

    def __init__(
        self, inventory: Inventory, truth: Truth, start: datetime, filling: Filling, clock: Clock
    ) -> None:
        self.inventory = inventory
        self.truth = truth
        self.start = start
        self._filling = filling
        self._clock = clock

    @property
    def present(self) -> datetime:
        """When the newest line was received that is in the database."""
        return self._filling.at

    @property
    def messages(self) -> int:
        """How many messages were taken in."""
        return self._filling.messages

    async def catch_up(self) -> None:
        """Take in what came since the last time."""
        await self._filling.catch_up(self._clock)


@asynccontextmanager
async def simulated_past(url: str, plan: Plan, clock: Clock, say: Say) -> AsyncIterator[Past]:
    """Fill a migrated, empty database, and go on filling it.

    Args:
        url: of the database, as its owner.
        plan: what is simulated.
        clock: the database's; filling ends when it has caught up with the clock.
        say: is told how far it is.
    """
    province, present = _province(plan), clock.now()
    story = tell(plan.days, plan.interval, present)
    commune = province.villages[0].commune
    inventory = with_intervals(province, story.conditions)
    inventory = replace(inventory, devices=(*inventory.devices, gauge(commune)))
    with tempfile.TemporaryDirectory(prefix="srepok-simulated-") as name:
        events, told = Path(name, "events.jsonl"), Path(name, "truth.jsonl")
        lines = _play(Play(story, province, plan.seed, plan.scale), events, told)
        say(f"played: {lines:,} lines of events")
        async with _connections(url) as connections:
            metrics = catalogue().values()
            await import_inventory(
                connections.owner, inventory, metrics, source="simulated", now=story.start
            )
            filling = Filling(
                connections,
                inventory,
                _lines_of(events),
                story.start,
                present,
                commune,
                plan.seed,
            )
            await filling.open()
            await filling.catch_up(clock, say)
            await connections.owner.execute("ANALYZE")
            yield Past(inventory, read_truth(told), story.start, filling, clock)


def _province(plan: Plan) -> Inventory:
    """Return the province, with two sensors of each variety: a small one has not all of them."""
    made = generate_inventory(plan.seed, plan.scale)
    commune = made.villages[0].commune
    more = tuple(
        Device(
            code=f"{commune}-{which}-{variety}",
            kind=DeviceKind.SENSOR,
            name=f"{commune} {which}: {variety}",
            commune=commune,
            interval_seconds=60,
        )
        for variety in _VARIETIES
        for which in ("one", "other")
    )
    return replace(made, devices=(*made.devices, *more))


def _play(chosen: Play, events: Path, truth: Path) -> int:
    # Millions of small objects and no cycles.
    gc.disable()
    try:
        with events.open("wb") as log, truth.open("w", encoding="utf-8") as told:
            return run_offline(chosen, [log], truth=told).lines
    finally:
        gc.enable()


def _lines_of(events: Path) -> Iterator[bytes]:
    with events.open("rb") as lines:
        yield from lines


@asynccontextmanager
async def _connections(url: str) -> AsyncIterator[Connections]:
    async with (
        await _connect(url) as owner,
        await _connect(url, "srepok_ingest") as ingest,
        await _connect(url, "srepok_rules") as rules,
    ):
        yield Connections(owner, ingest, rules)


async def _connect(url: str, role: str | None = None) -> AsyncConnection:
    address = DatabaseAddress.from_url(url)
    connection = await connect(address, "srepok-simulated", statement_timeout=_LONGEST_STATEMENT)
    if role is not None:
        await connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    return connection
