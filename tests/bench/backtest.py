"""`python -m tests.bench.backtest`: what it takes to decide over stored history, here."""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from psycopg import AsyncConnection

from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from province.inventory import read_inventory
from province.metrics import catalogue
from rules.backtest.history import History
from rules.backtest.inventory import read_device_codes, read_stored_inventory
from rules.backtest.steps import Steps
from rules.backtest.translation import Translation
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.migrate import migrate
from tests.bench.history import repeat_history, store_history
from tests.bench.ways import measure_ways

_SCENARIO: Final = "feeder-cut"
_START: Final = datetime.fromisoformat("2026-03-02T08:00:00+07:00")
_LENGTH: Final = timedelta(hours=2)
_SCALE: Final = 1.02
"""Gives a little over 8,000 devices."""
_DAY: Final = timedelta(days=1)


def main() -> None:
    """Run the measurements and print each as it is done."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.backtest", description=__doc__)
    parser.add_argument(
        "--hours", type=int, default=2, help="of history; an even number, 24 for a day (default 2)"
    )
    parser.add_argument("--url", help="of a database that has them already, as it was printed")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the database there")
    asyncio.run(_bench(parser.parse_args()))


async def _bench(options: argparse.Namespace) -> None:
    lasts = timedelta(hours=options.hours)
    if options.url is not None:
        await _measure(options.url, lasts)
        return
    with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
        postgres = Postgres(Toolchain(find_home()), (options.keep or Path(name)) / "postgres")
        postgres.start()
        try:
            postgres.create_database("history")
            url = postgres.url("history", "postgres", with_password=True)
            await _fill(url, Path(name), lasts)
            await _measure(url, lasts)
        finally:
            postgres.stop()


# -- filling ----------------------------------------------------------------------------


async def _fill(url: str, directory: Path, lasts: timedelta) -> None:
    events, inventory = directory / "events.jsonl", directory / "inventory.jsonl"
    command = ["simulators", "run", _SCENARIO, "--scale", str(_SCALE)]
    _run([*command, "--events", str(events), "--inventory", str(inventory)], os.environ)
    began = time.monotonic()
    async with _connected(url) as connection:
        await migrate(connection)
        await import_inventory(
            connection,
            read_inventory(inventory),
            catalogue().values(),
            source="bench",
            now=SystemClock().now(),
        )
        with events.open("rb") as lines:
            messages = await store_history(connection, lines)
        await repeat_history(connection, _START, _LENGTH, lasts // _LENGTH)
    print(
        f"filled: {messages:,} messages of scenario {_SCENARIO}, stored as {lasts} of history"
        f" in {time.monotonic() - began:.0f} s",
        flush=True,
    )


# -- measuring --------------------------------------------------------------------------


async def _measure(url: str, lasts: timedelta) -> None:
    async with _connected(url) as connection:
        print("\nways to read half an hour of link reports, in order:", flush=True)
        async for line in measure_ways(connection, _START, _START + timedelta(minutes=30)):
            print(f"  {line}", flush=True)
        print(f"\nreading and translating {lasts}, nothing decided:", flush=True)
        print(f"  {await _read(connection, lasts)}", flush=True)
    print(f"\n`rules backtest` over {lasts}:", flush=True)
    print(f"  outages alone: {_backtest(url, lasts)}", flush=True)
    shipped = Path(sys.modules["rules"].__path__[0]) / "rulebook/shipped"
    print(f"  with the shipped rulebook: {_backtest(url, lasts, '--rulebook', str(shipped))}")


async def _read(connection: AsyncConnection, lasts: timedelta) -> str:
    inventory = await read_stored_inventory(connection, SystemClock().now())
    steps, codes = Steps(inventory.devices), await read_device_codes(connection)
    translation = Translation(inventory, codes)
    began, processor = time.monotonic(), time.process_time()
    async for rows in History(connection).read(_START, _START + lasts):
        for step in steps.take(rows):
            translation.take(step)
    seconds, processor = time.monotonic() - began, time.process_time() - processor
    return (
        f"{steps.rows:,} rows in {seconds:.1f} s: {steps.rows / seconds:,.0f} rows/s,"
        f" {1e6 * processor / steps.rows:.1f} microseconds of our processor a row;"
        f" {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB"
    )


def _backtest(url: str, lasts: timedelta, *more: str) -> str:
    period = ["--from", _START.isoformat(), "--to", (_START + lasts).isoformat()]
    command = ["rules", "backtest", *period, "--warm-up", "0s", "--format", "json", *more]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found: dict[str, Any] = json.loads(_run(command, os.environ | {"DATABASE_URL": url}))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    day = found["seconds"] * (_DAY / lasts)
    return (
        f"{found['rows']:,} rows, {found['events']:,} events in {found['seconds']:.0f} s:"
        f" {found['events'] / found['seconds']:,.0f} events/s, a day in {day / 60:.1f} minutes"
        f" (at most 10); {1e6 * processor / found['events']:.1f} microseconds of our processor"
        f" an event; {after.ru_maxrss / 1e3:.0f} MB; {len(found['incidents'])} incidents"
    )


def _run(command: Sequence[str], environ: Mapping[str, str]) -> str:
    """Run a command of ours; return what it printed."""
    argv = [sys.executable, "-m", *command]
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True, env=environ).stdout


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    async with await connect(DatabaseAddress.from_url(url), "srepok-bench") as connection:
        yield connection


if __name__ == "__main__":
    main()
