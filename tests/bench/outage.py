"""`python -m tests.bench.outage`: how long after its incident a simulated outage is on the page.

Everything is real and runs as in `make demo`: devices publish over MQTT sessions, ingest writes,
the rules decide, and a live page is open at the gateway. Villages fail, one after the other.
"""

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from deploy.mosquitto import Mosquitto
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from gateway.access.identity import Scope
from province.dak_lak import load_communes
from province.inventory import Inventory, write_inventory
from simulators.generate import generate_inventory
from simulators.scenarios.reader import read_scenario
from simulators.world.cast import with_intervals
from tests.gateway.gateway_process import make_gateway
from tests.gateway.page.listening import Listener, listening
from tests.gateway.tokens import make_token
from tests.rules.rules_world import Rules, make_rules
from tests.world import World, make_world

_GOAL_SECONDS: Final = 2.0
_SPEED: Final = 15
"""An interval of 30 s is 2 s then, as in a demo."""
_COMMUNES: Final = 10
_FAULT: Final = """
  - {{name: v{number}, fault: cut, at: {minute}m, lasts: 4m, target: {{kind: village{apart}}}}}"""
_SCENARIO: Final = """
title: Villages fail, one after the other
story: Each is dark for four minutes.
start: 2026-03-04T14:00:00+07:00
lasts: {lasts}m
conditions: {{missed: 0%, stalls: 0, silences: 0}}
faults:{faults}
"""
_OPENED: Final = """
    SELECT incident_id, opened_at FROM incidents WHERE incident_id = ANY(%s) AND class = 'outage'
"""


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.outage", description=__doc__)
    parser.add_argument("--villages", type=int, default=10, help="that fail (default 10)")
    asyncio.run(_bench(parser.parse_args().villages))


async def _bench(villages: int) -> None:
    with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
        directory = Path(name)
        scenario = directory / "villages-fail.yaml"
        scenario.write_text(_scenario(villages))
        inventory = generate_inventory(1, scale=0.1, communes=load_communes()[:_COMMUNES])
        inventory = with_intervals(inventory, read_scenario(scenario).conditions)
        toolchain = Toolchain(find_home())
        broker = Mosquitto(toolchain, directory / "broker")
        postgres = Postgres(toolchain, directory / "postgres")
        async with make_world(broker, postgres, _quicker(inventory), directory) as world:
            rules, gateway = await make_rules(world), await make_gateway(world)
            for service in (world.ingest, rules, gateway):
                await service.start(ready=service is not rules)
            token = await make_token(world.database, Scope.VIEWER)
            url = f"http://127.0.0.1:{gateway.uploads_port}"
            print(f"{villages} villages fail; {len(inventory.devices)} devices", flush=True)
            async with listening(url, token.text) as page, _playing(world, scenario, inventory):
                heard = await _hear(page, rules, villages)
            delays = [heard[name] - at.timestamp() for name, at in await _opened(world, heard)]
            _print(delays, villages)
            for service in (gateway, rules):
                await service.stop()


def _scenario(villages: int) -> str:
    earlier: list[str] = []
    faults = ""
    for number in range(villages):
        apart = f", apart_from: [{', '.join(earlier)}]" if earlier else ""
        faults += _FAULT.format(number=number, minute=6 + number, apart=apart)
        earlier.append(f"v{number}")
    return _SCENARIO.format(lasts=villages + 12, faults=faults)


def _quicker(inventory: Inventory) -> Inventory:
    """Return the inventory with the intervals at which its devices report at that speed."""
    devices = tuple(
        each.model_copy(update={"interval_seconds": each.interval_seconds / _SPEED})
        for each in inventory.devices
    )
    return replace(inventory, devices=devices)


@contextlib.asynccontextmanager
async def _playing(world: World, scenario: Path, inventory: Inventory) -> AsyncIterator[None]:
    """Play the scenario at the world's broker while inside."""
    written = world.directory / "played.jsonl"
    write_inventory(written, inventory)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulators", "run", str(scenario), "--live"),
        *("--speed", str(_SPEED), "--inventory", str(written)),
        env={
            "PATH": os.environ["PATH"],
            "MQTT_URL": world.broker.url("fleet"),
            "MQTT_PASSWORD_FILE": str(world.broker.password_file("fleet")),
            "LOG_LEVEL": "warning",
        },
    )
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def _hear(page: Listener, rules: Rules, villages: int) -> dict[str, float]:
    """Return when each incident that is an outage was heard of first, until all have begun."""
    heard: dict[str, float] = {}
    outages: set[str] = set()
    while len(outages) < villages:
        event = await page.next()
        now = time.time()
        for name, incident in event.data.get("incidents", {}).items():
            heard.setdefault(name, now)
            if incident["class"] == "outage":
                outages.add(name)
        assert not rules.has_ended, rules.log[-2000:]
    return heard


async def _opened(world: World, heard: dict[str, float]) -> list[tuple[str, Any]]:
    return [(name, at) for name, at in await world.rows(_OPENED, list(heard))]


def _print(delays: list[float], villages: int) -> None:
    cuts = quantiles(delays, n=100, method="inclusive")
    late = sum(delay > _GOAL_SECONDS for delay in delays)
    verdict = "ok" if not late and len(delays) >= villages else f"{late} after {_GOAL_SECONDS:g} s"
    print(
        f"  from an incident's opened_at to the page: p50 {cuts[49]:.2f} s, greatest"
        f" {max(delays):.2f} s; {len(delays)} incidents ({verdict})"
    )


if __name__ == "__main__":
    main()
