"""The pool against a real server: who it is, what it may do, and an outage."""

import asyncio
from datetime import timedelta

import psycopg
import pytest
from psycopg_pool import PoolTimeout

from deploy.postgres import Postgres
from runtime.database import pool as pool_module
from runtime.database.connection import DatabaseAddress, FailureKind, classify
from runtime.database.pool import Pool, PoolOptions, make_pool
from tests.runtime.logged import log_of
from tests.servers import MakePostgres
from tests.waiting import eventually

pytestmark = pytest.mark.servers

NAME = "srepok-tests-pool"
WAIT = timedelta(seconds=10)


def address_of(server: Postgres) -> DatabaseAddress:
    return DatabaseAddress.from_url(server.url("postgres", "postgres", with_password=True))


async def ask(pool: Pool) -> tuple[object, ...]:
    async with pool.connection() as connection:
        cursor = await connection.execute(
            "SELECT current_setting('application_name'), current_setting('TimeZone'),"
            " current_setting('statement_timeout'), current_setting('transaction_read_only')"
        )
        row = await cursor.fetchone()
    assert row is not None
    return row


async def fill(pool: Pool, connections: int) -> None:
    """Have so many connections open, and idle again."""
    barrier = asyncio.Barrier(connections)

    async def take_one() -> None:
        async with pool.connection():
            await barrier.wait()

    await asyncio.gather(*(take_one() for _ in range(connections)))


async def test_a_connection_says_who_it_is_and_reads_only(database_server_url: str) -> None:
    address = DatabaseAddress.from_url(database_server_url)
    options = PoolOptions(statement_timeout=timedelta(seconds=1.5))
    async with make_pool(address, NAME, options) as pool:
        assert await ask(pool) == (NAME, "UTC", "1500ms", "on")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            async with pool.connection() as connection:
                await connection.execute("CREATE TABLE never (x int)")


async def test_a_pool_may_write_where_it_is_told_to(database_url: str) -> None:
    address = DatabaseAddress.from_url(database_url)
    async with (
        make_pool(address, NAME, PoolOptions(read_only=False)) as pool,
        pool.connection() as connection,
    ):
        await connection.execute("CREATE TABLE written (x int)")


async def test_connections_are_bounded_and_waiting_is(database_server_url: str) -> None:
    address = DatabaseAddress.from_url(database_server_url)
    options = PoolOptions(max_size=2, timeout=timedelta(milliseconds=100))
    async with make_pool(address, NAME, options) as pool:
        # Only the third has to be quick: to open a connection may take longer than that.
        long = WAIT.total_seconds()
        async with pool.connection(long), pool.connection(long):
            with pytest.raises(PoolTimeout) as caught:
                await ask(pool)
            assert pool.get_stats()["pool_size"] == 2
        assert classify(caught.value) is FailureKind.CONNECTION
        async with pool.connection(long) as connection:
            await connection.execute("SELECT 1")


async def test_a_pool_opens_before_its_database_is_there(
    make_postgres: MakePostgres,
) -> None:
    server = make_postgres(start=False)
    async with make_pool(address_of(server), NAME, PoolOptions(timeout=WAIT)) as pool:
        assert pool.get_stats()["pool_size"] <= 1
        await asyncio.to_thread(server.start)
        await ask(pool)


@pytest.mark.faults
async def test_no_request_fails_behind_a_restart_however_many_connections_died(
    make_postgres: MakePostgres,
) -> None:
    server = make_postgres()
    async with make_pool(address_of(server), NAME, PoolOptions(timeout=WAIT)) as pool:
        await fill(pool, 8)
        assert pool.get_stats()["pool_available"] == 8
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        # One at a time: each request of a plain pool would meet the next dead connection.
        for _ in range(8):
            await ask(pool)
        await asyncio.gather(*(ask(pool) for _ in range(8)))
        assert pool.get_stats().get("requests_errors", 0) == 0


@pytest.mark.faults
async def test_a_long_outage_is_said_once_and_the_first_request_behind_it_is_served(
    make_postgres: MakePostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = log_of(pool_module, monkeypatch)
    server = make_postgres()
    async with make_pool(address_of(server), NAME, PoolOptions(timeout=WAIT)) as pool:
        await ask(pool)
        await asyncio.to_thread(server.stop)
        with pytest.raises(PoolTimeout):
            await ask(pool)
        # By so many attempts psycopg's own back-off has doubled to 16 s; a request waits ten.
        await eventually(lambda: pool.get_stats()["connections_errors"] >= 10)
        await asyncio.to_thread(server.start)
        assert (await ask(pool))[0] == NAME
    assert [line["event"] for line in said] == [
        "database cannot be reached, trying on",
        "database is there again",
    ]
