"""The rules service beside a small Srepok of its own."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from province.metrics import catalogue
from rules.incidents.windows import ScopeKind
from rules.store.people import NewWindow, add_window, escalate
from runtime.database.connection import connect
from runtime.database.inventory import import_inventory
from runtime.database.logins import ROLES, make_login
from tests.rules.fleet import Fleet
from tests.rules.receiver import Receiver
from tests.waiting import DEADLINE, eventually, eventually_true
from tests.world import Service, World

Said = dict[str, Any]

ROUTES = """
receivers:
  hook: {{webhook: {{url: "{url}", private_addresses: true}}}}
route:
  receivers: hook
  group_wait: 0s
  group_interval: 1s
"""


class Rules(Service):
    """`python -m rules run` as a process of its own."""

    def __init__(self, environ: dict[str, str], directory: Path) -> None:
        super().__init__("rules", environ, directory)
        self.environ = environ

    def said(self, event: str = "", **fields: object) -> list[Said]:
        """Return the log lines of an event that have these fields."""
        # A line that is being written is not one yet.
        whole = self.log.rpartition("\n")[0]
        lines = [json.loads(line) for line in whole.splitlines() if line.startswith("{")]
        return [
            line
            for line in lines
            if (not event or line["event"] == event)
            and {name.rstrip("_"): value for name, value in fields.items()}.items() <= line.items()
        ]

    async def says(
        self, event: str, seconds: float = DEADLINE, *, times: int = 1, **fields: object
    ) -> Said:
        """Wait until it has said so, so many times; return the last such line."""

        def said() -> bool:
            return len(self.said(event, **fields)) >= times or self.has_ended

        await eventually(said, seconds)
        found = self.said(event, **fields)
        assert len(found) >= times, f"rules ended:\n{self.log[-4000:]}"
        return found[-1]

    async def states(self, name: str) -> dict[str, float]:
        """Return a gauge by its label."""
        _, text = await self._get("metrics")
        found = {}
        for line in text.splitlines():
            if line.startswith(f"srepok_rules_{name}{{"):
                series, _, value = line.rpartition(" ")
                found[series.split('"')[1]] = float(value)
        return found

    async def has_noted_a_notice(self) -> None:
        """Wait until it knows that a receiver has accepted something."""

        async def noted() -> bool:
            return bool(await self.states("notices_total"))

        await eventually_true(noted)

    def opened(self) -> list[Said]:
        """Return the outages that were opened."""
        return self.said("incident opened", class_="outage")

    async def opens(self, times: int = 1) -> Said:
        """Wait for an outage to be opened; return the last."""
        return await self.says("incident opened", times=times, class_="outage")

    async def clears(self, times: int = 1) -> Said:
        """Wait for an outage to be cleared; return the last."""
        return await self.says("incident cleared", times=times, class_="outage")


@dataclass
class RulesWorld:
    """All of it together."""

    world: World
    rules: Rules
    fleet: Fleet
    state: Path
    routes: Path
    environ: dict[str, str]

    async def rename_a_village(self) -> None:
        """Import an inventory in which the village of `village` has another name."""
        inventory, code = self.world.inventory, self.village()
        villages = tuple(
            each.model_copy(update={"name": "Renamed"}) if each.code == code else each
            for each in inventory.villages
        )
        async with await connect(self.world.database, "tests") as connection:
            await import_inventory(
                connection,
                replace(inventory, villages=villages),
                catalogue().values(),
                source="renamed",
                now=datetime.now(UTC),
            )

    async def announce_work(self, village: str) -> None:
        """Announce an hour of work on a village, from now on."""
        now = datetime.now(UTC)
        async with await connect(self.world.database, "tests") as connection:
            await add_window(
                connection,
                NewWindow(ScopeKind.VILLAGE, village, now, now + timedelta(hours=1)),
                actor="tests",
                now=now - timedelta(minutes=1),
            )

    async def escalate(self, incident: str) -> None:
        """Call for more attention to an incident, as the command does."""
        async with await connect(self.world.database, "tests") as connection:
            await escalate(connection, incident, actor="tests", now=datetime.now(UTC))

    def village(self, least: int = 3) -> str:
        """Return a village with at least so many devices."""
        codes = (village.code for village in self.world.inventory.villages)
        return next(code for code in codes if len(self.fleet.of_village(code)) >= least)


async def make_rules(world: World, receiver: Receiver | None = None, **settings: str) -> Rules:
    """Return a rules process of a world, not started yet."""
    async with await connect(world.database, "tests") as connection:
        await make_login(connection, "rules", ROLES["rules"], SecretStr("rules-password"))
    state = world.directory / "state"
    routes = world.directory / "routes.yaml"
    routes.write_text(
        ROUTES.format(url=receiver.url)
        if receiver
        else "receivers: {log: {log: {}}}\nroute: {receivers: log}\n"
    )
    environ = {
        **{name: text for name, text in world.environ.items() if not name.startswith("INGEST_")},
        "DATABASE_URL": world.environ["DATABASE_URL"].replace(
            "ingest:ingest-password@", "rules:rules-password@"
        ),
        "MQTT_URL": world.broker.url("rules"),
        "MQTT_PASSWORD_FILE": str(world.broker.password_file("rules")),
        "RULES_STATE_DIRECTORY": str(state),
        "RULES_ROUTES": str(routes),
        "RULES_ASK_INTERVAL": "200ms",
        "RULES_PROBE_PORT": "0",
        "RULES_CANARY_INTERVAL": "300ms",
        "RULES_CANARY_OVERDUE": "3s",
        "RULES_SNAPSHOT_INTERVAL": "2s",
        **settings,
    }
    return Rules(environ, world.directory)


@asynccontextmanager
async def make_rules_world(
    world: World, receiver: Receiver | None = None, **settings: str
) -> AsyncIterator[RulesWorld]:
    """Put a rules process (not yet started) and a fleet that reports beside a world."""
    rules = await make_rules(world, receiver, **settings)
    state, routes = world.directory / "state", world.directory / "routes.yaml"
    interval = world.inventory.devices[0].interval_seconds
    async with Fleet(world.inventory, world.broker_address("gateway"), interval) as fleet:
        try:
            yield RulesWorld(world, rules, fleet, state, routes, rules.environ)
        finally:
            if not rules.has_ended:
                await rules.kill()
