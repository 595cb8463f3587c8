"""Databases on which boards are measured: invented in SQL, or made by all parts of Srepok."""

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from psycopg import AsyncConnection

from dashboards.preview.asking import ask
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from province.metrics import catalogue
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.migrate import migrate
from simulators.generate import generate_inventory
from tests.dashboards.fill import fill, keep_up
from tests.dashboards.simulated.past import Plan, simulated_past
from tests.databases import make_database

CatchUp = Callable[[], Awaitable[None]]
"""Takes in what has come since."""

_SIZES = """
    SELECT (SELECT count(*) FROM devices), (SELECT count(*) FROM link_reports),
        (SELECT count(*) FROM link_reports_1m), (SELECT count(*) FROM link_reports_1h),
        (SELECT count(*) FROM village_spells), (SELECT count(*) FROM incidents),
        pg_database_size(current_database()) / 1e9
"""


@asynccontextmanager
async def filled(
    scale: float, days: float, minute_days: float, server: str | None = None
) -> AsyncIterator[tuple[AsyncConnection, CatchUp]]:
    """Open a database with a province's invented past, as Grafana's login; it is thrown away.

    Args:
        scale: of the province.
        days: how far back hours, days, spells and accounts go.
        minute_days: how far back minutes go.
        server: URL of a server to make it on; by default one of its own.
    """
    began = time.monotonic()
    async with _migrated(server) as url:
        async with await _connect(url) as owner:
            inventory, now = generate_inventory(1, scale=scale), datetime.now(UTC)
            metrics = catalogue().values()
            await import_inventory(owner, inventory, metrics, source="bench", now=now)
            await fill(owner, days=days, minute_days=minute_days, outages_a_day=0.3, open_every=40)
        async with existing(url, days, began) as made:
            yield made


@asynccontextmanager
async def simulated(
    plan: Plan, server: str | None = None
) -> AsyncIterator[tuple[AsyncConnection, CatchUp]]:
    """Open a database whose past the product made, as Grafana's login; it is thrown away.

    Args:
        plan: what is simulated.
        server: URL of a server to make it on; by default one of its own.
    """
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"  {time.monotonic() - began:5.0f} s  {text}", flush=True)

    async with (
        _migrated(server) as url,
        simulated_past(url, plan, SystemClock(), say) as past,
        _as_grafana(url, plan.days, began) as connection,
    ):
        yield connection, past.catch_up


@asynccontextmanager
async def existing(
    url: str, days: float, began: float
) -> AsyncIterator[tuple[AsyncConnection, CatchUp]]:
    """Open a database that was filled with an invented past, as Grafana's login.

    Args:
        url: of it, as its owner.
        days: how many it has.
        began: when filling began, by the monotonic clock.
    """
    async with await _connect(url) as owner, _as_grafana(url, days, began) as connection:

        async def catch_up() -> None:
            await keep_up(owner)

        yield connection, catch_up


@asynccontextmanager
async def _migrated(server: str | None) -> AsyncIterator[str]:
    async with _database(server) as url:
        async with await _connect(url) as owner:
            await migrate(owner)
        yield url


@asynccontextmanager
async def _database(server: str | None) -> AsyncIterator[str]:
    if server is not None:
        async with make_database(server) as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
        # Durability is not what is measured, and filling is the longest part.
        quick = {"fsync": "off", "synchronous_commit": "off", "max_wal_size": "8GB"}
        postgres = Postgres(Toolchain(find_home()), Path(name) / "postgres", settings=quick)
        postgres.start()
        try:
            postgres.create_database("srepok")
            yield postgres.url("srepok", "postgres", with_password=True)
        finally:
            postgres.kill()


@asynccontextmanager
async def _as_grafana(url: str, days: float, began: float) -> AsyncIterator[AsyncConnection]:
    async with await _connect(url) as connection:
        # What autovacuum would have done in all these days.
        await connection.execute("VACUUM (ANALYZE)")
        sizes = (await ask(connection, _SIZES)).rows[0]
        devices, raw, minutes, hours, spells, incidents, size = sizes
        print(
            f"{days:g} days of {devices:,} devices, filled in {time.monotonic() - began:.0f} s:"
            f" {raw:,} link reports, {minutes:,} minutes and {hours:,} hours of links,"
            f" {spells:,} spells of villages, {incidents:,} incidents, {size:.1f} GB",
            flush=True,
        )
        await connection.execute("SET ROLE srepok_grafana")
        yield connection


async def _connect(url: str) -> AsyncConnection:
    return await connect(DatabaseAddress.from_url(url), "srepok-bench", statement_timeout=None)
