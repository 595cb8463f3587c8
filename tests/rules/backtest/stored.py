"""Scenarios as history: played, and written into a database by ingest's own code."""

import io
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from psycopg import AsyncConnection
from pydantic_core import from_json

from province.inventory import Inventory
from province.metrics import catalogue
from rules.backtest.period import Period
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.replay import replay, seconds
from runtime.database.inventory import import_inventory
from simulators.generate import generate_province
from simulators.offline.run import run_offline
from simulators.scenarios.reader import load_scenario
from simulators.world.cast import with_intervals
from simulators.world.production import Play
from tests.eventlog import write_history
from tests.stock import IMPORTED_AT


@dataclass(frozen=True)
class Played:
    """A scenario that was played: what is published, and what a watcher reads."""

    inventory: Inventory
    events: list[bytes]

    @property
    def period(self) -> Period:
        """From the first line to the last."""
        first, last = (
            datetime.fromisoformat(from_json(line)["received_at"])
            for line in (self.events[0], self.events[-1])
        )
        return Period(first, last + timedelta(minutes=1))


@dataclass(frozen=True)
class Decided:
    """An incident as it was decided, in the end."""

    incident_class: str
    root: tuple[str, ...]
    opened_at: float
    goes_on: bool
    notified: bool

    @property
    def what(self) -> tuple[object, ...]:
        """All of it but the time."""
        return self.incident_class, self.root, self.goes_on, self.notified


@lru_cache(maxsize=4)
def play(name: str, scale: float = 0.03, seed: int = 1) -> Played:
    """Play a scenario of the library."""
    scenario = load_scenario(name)
    conditions = scenario.conditions
    province = generate_province(seed, scale, wrong_edges=conditions.wrong_edges)
    events = io.BytesIO()
    run_offline(Play(scenario, province.true, seed), [events])
    inventory = with_intervals(province.published, conditions)
    return Played(inventory, events.getvalue().splitlines())


def replayed(played: Played) -> list[Decided]:
    """Return what `rules replay` decides of a scenario, in the order of decisions."""
    out = io.StringIO()
    replay(played.events, "events", Engine(Network(played.inventory)), out)
    found: dict[str, Decided] = {}
    for line in map(json.loads, out.getvalue().splitlines()):
        if line["kind"] != "incident":
            continue
        before = found.get(line["incident"])
        found[line["incident"]] = Decided(
            line["class"],
            tuple(line["root"]),
            before.opened_at if before else seconds(line["at"]),
            line["action"] != "clear",
            line["notified"],
        )
    return list(found.values())


async def stock(connection: AsyncConnection, played: Played) -> None:
    """Have a migrated database hold the inventory of a scenario."""
    await import_inventory(
        connection, played.inventory, catalogue().values(), source="tests", now=IMPORTED_AT
    )


async def store(connection: AsyncConnection, played: Played) -> None:
    """Have a migrated database hold a scenario as ingest would have stored it."""
    await stock(connection, played)
    await write_history(connection, played.events)
