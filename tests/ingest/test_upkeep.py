"""Upkeep on a real database: roll-ups and retention are called, through outages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from random import Random

import pytest
from prometheus_client import CollectorRegistry
from psycopg import AsyncConnection

from ingest import upkeep as upkeep_module
from ingest.instruments import Instruments
from ingest.queues import Queues
from ingest.upkeep import Upkeep
from runtime.backoff import BackoffPolicy
from runtime.clock import SystemClock
from runtime.database.capabilities import Capabilities, Edition
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.migrate import migrate
from tests.databases import make_database
from tests.runtime.database.rollups import expected, past, rolled, same, store
from tests.runtime.logged import log_of
from tests.servers import MakePostgres
from tests.waiting import eventually, eventually_true

QUICK = BackoffPolicy(first=timedelta(milliseconds=10), cap=timedelta(milliseconds=50))


@contextlib.asynccontextmanager
async def keeping_up(url: str) -> AsyncIterator[CollectorRegistry]:
    registry = CollectorRegistry()
    upkeep = Upkeep(
        DatabaseAddress.from_url(url),
        timedelta(milliseconds=20),
        "test",
        Queues(lambda: 0, {}, SystemClock()),
        Instruments(registry),
        SystemClock(),
        Random(1),
    )
    task = asyncio.create_task(upkeep.run())
    yield registry
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def failures(registry: CollectorRegistry, kind: str) -> float:
    value = registry.get_sample_value("srepok_ingest_upkeep_failures_total", {"kind": kind})
    assert value is not None
    return value


def worked_at(registry: CollectorRegistry) -> float:
    value = registry.get_sample_value("srepok_ingest_last_upkeep_timestamp_seconds")
    assert value is not None
    return value


async def until_old_accounts_are_gone(connection: AsyncConnection) -> None:
    """Plant something that retention removes on either edition, and see it go."""

    async def gone() -> bool:
        cursor = await connection.execute("SELECT count(*) FROM ingest_minutes")
        return await cursor.fetchone() == (0,)

    await eventually_true(gone)


async def plant_old_accounts(connection: AsyncConnection) -> None:
    await connection.execute("INSERT INTO ingest_minutes VALUES ('2020-01-01', 'w', 0,0,0,0,0)")


@pytest.mark.servers
async def test_marked_minutes_are_rolled_up_and_old_rows_go(
    database_url: str, connection: AsyncConnection, capabilities: Capabilities
) -> None:
    start = past(1)
    await store(
        connection,
        [(1, start + timedelta(seconds=number), number, number) for number in range(180)],
    )
    await plant_old_accounts(connection)
    async with keeping_up(database_url) as registry:

        async def rolled_up() -> bool:
            # Hours and days follow some minutes later.
            return same(await rolled(connection, "1m"), await expected(connection, "1m"))

        await eventually_true(rolled_up)
        await until_old_accounts_are_gone(connection)
        await eventually(lambda: worked_at(registry) > 0)
        assert failures(registry, "connection") == 0
    if capabilities.edition is Edition.APACHE:
        cursor = await connection.execute(
            "SELECT count(*) FROM rollup_marks WHERE relation = %s", ["link_reports"]
        )
        assert await cursor.fetchone() == (0,)


@pytest.mark.servers
async def test_the_same_failure_is_said_once_each_time_it_begins_and_counted_always(
    database_url: str, connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "_BACKOFF", QUICK)
    said = log_of(upkeep_module, monkeypatch)
    async with keeping_up(database_url) as registry:
        for outage in (1, 2):
            await eventually(lambda: worked_at(registry) > 0)
            before = failures(registry, "programming")
            await connection.execute("ALTER FUNCTION enforce_retention RENAME TO mislaid")
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'srepok-upkeep-test'"
            )
            await eventually(lambda: failures(registry, "programming") >= before + 3)  # noqa: B023 - called in this round only
            await connection.execute("ALTER FUNCTION mislaid RENAME TO enforce_retention")
            await eventually(
                lambda: [line["event"] for line in said].count("upkeep works again") == outage  # noqa: B023 - the same
            )
    events = [(line["event"], line.get("kind")) for line in said]
    failed, works = "upkeep failed, trying on", ("upkeep works again", None)
    assert events == 2 * [(failed, "connection"), (failed, "programming"), works]


@pytest.mark.faults
@pytest.mark.servers
async def test_upkeep_goes_on_after_the_database_was_away(
    make_postgres: MakePostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep_module, "_BACKOFF", QUICK)
    said = log_of(upkeep_module, monkeypatch)
    server = make_postgres()
    server_url = server.url("postgres", "postgres", with_password=True)
    async with make_database(server_url) as url, keeping_up(url) as registry:
        address = DatabaseAddress.from_url(url)
        async with await connect(address, "tests") as owner:
            await migrate(owner)
            await eventually(lambda: worked_at(registry) > 0)
            # Retention was just looked after: this row goes with the next connection only.
            await plant_old_accounts(owner)
        await asyncio.to_thread(server.stop)
        await eventually(lambda: failures(registry, "connection") >= 3)
        await asyncio.to_thread(server.start)
        async with await connect(address, "tests") as owner:
            await until_old_accounts_are_gone(owner)
    assert [line["event"] for line in said][-1] == "upkeep works again"
