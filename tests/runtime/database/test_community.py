"""The Community edition: continuous aggregates, policies, and the move from Apache."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from psycopg import AsyncConnection

from runtime.database.capabilities import Capabilities, Edition, detect_capabilities
from runtime.database.chain import shipped_chain, split_statements
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.history import make_plan
from runtime.database.migrate import _carry_out, _create_extension, migrate
from tests.runtime.database.rollups import (
    LEVELS,
    Report,
    expected,
    past,
    roll_up,
    rolled,
    same,
    store,
)

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _community_only(capabilities: Capabilities) -> None:
    if capabilities.edition is not Edition.COMMUNITY:
        pytest.skip("continuous aggregates are of the Community edition")


async def refresh(connection: AsyncConnection) -> None:
    """Refresh as the policies do."""
    for rollup in ("link_reports_1m", "link_reports_1h", "link_reports_1d"):
        await connection.execute(
            "CALL refresh_continuous_aggregate(%s, now() - INTERVAL '10 days', now())", [rollup]
        )


def make_reports(days: float, step: timedelta) -> list[Report]:
    start = past(days)
    return [
        (device, start + number * step, number, float((7 * number + device) % 31))
        for number in range(int(timedelta(days=days) / step))
        for device in (1, 2)
    ]


async def test_rollups_show_rows_before_and_after_they_are_refreshed(
    connection: AsyncConnection,
) -> None:
    await store(connection, make_reports(2, timedelta(minutes=11)))
    for level in LEVELS:
        assert same(await rolled(connection, level), await expected(connection, level)), level

    await refresh(connection)
    await store(connection, [(1, past(1), 999_999, 1.0), (3, past(0.1), 1, 2.0)])
    await refresh(connection)

    for level in LEVELS:
        assert same(await rolled(connection, level), await expected(connection, level)), level


async def test_rows_accepted_late_are_within_what_policies_refresh_and_before_columnstore(
    connection: AsyncConnection,
) -> None:
    cursor = await connection.execute(
        """
        SELECT min((config ->> 'start_offset')::interval) FILTER (WHERE proc_name ~ 'refresh'),
            min((config ->> 'compress_after')::interval) FILTER (WHERE proc_name ~ 'compression'),
            (SELECT min(at_least) FROM retention_settings WHERE time_column IS NULL)
        FROM timescaledb_information.jobs
        """
    )
    row = await cursor.fetchone()
    assert row is not None
    refreshed, compressed, kept = row

    assert timedelta(days=7) < refreshed < compressed < kept


async def test_retention_policies_follow_their_settings(connection: AsyncConnection) -> None:
    await connection.execute(
        "UPDATE retention_settings SET keep = '20 days' WHERE relation LIKE 'link_reports%%'"
        " AND at_least <= '20 days'"
    )
    for _ in range(2):
        await connection.execute("SELECT enforce_retention()")

    cursor = await connection.execute(
        """
        SELECT count(*), count(*) FILTER (WHERE config ->> 'drop_after' = '20 days')
        FROM timescaledb_information.jobs WHERE proc_name = 'policy_retention'
        """
    )
    assert await cursor.fetchone() == (9, 2)


@pytest_asyncio.fixture
async def apache(empty_database_url: str) -> AsyncIterator[AsyncConnection]:
    """A database as the Apache edition left it, with rows of which the oldest are dropped."""
    address = DatabaseAddress.from_url(empty_database_url)
    async with await connect(address, "srepok-tests") as connection:
        await _create_extension(connection)
        capabilities = replace(await detect_capabilities(connection), edition=Edition.APACHE)
        plan = make_plan(shipped_chain(), (), Edition.APACHE)
        await _carry_out(connection, plan, capabilities, lambda _: None)
        await connection.execute("SELECT _timescaledb_functions.stop_background_workers()")
        await store(connection, make_reports(20, timedelta(minutes=20)))
        await roll_up(connection)
        await connection.execute("SELECT drop_chunks('link_reports', now() - INTERVAL '14 days')")
        yield connection


async def test_a_move_from_apache_keeps_what_was_rolled_up(apache: AsyncConnection) -> None:
    before = {level: await rolled(apache, level) for level in LEVELS}

    migrated = await migrate(apache)
    assert all(name.endswith("_community.sql") for name in migrated.applied)
    after = {level: await rolled(apache, level) for level in LEVELS}
    await refresh(apache)
    refreshed = {level: await rolled(apache, level) for level in LEVELS}

    for level in LEVELS:
        assert same(after[level], before[level]), level
        assert same(refreshed[level], before[level]), level
    cursor = await apache.execute("SELECT count(*) FROM pg_class WHERE relname ~ '_apache'")
    assert await cursor.fetchone() == (0,)


async def test_a_move_that_was_cut_off_anywhere_is_finished(apache: AsyncConnection) -> None:
    before = {level: await rolled(apache, level) for level in LEVELS}
    files = {migration.name: migration for migration in shipped_chain()}
    for statement in split_statements(files["0013_make_way_community.sql"].text):
        await apache.execute(statement.text)
    statements = split_statements(files["0014_link_rollups_community.sql"].text)
    # The cut is after the first level was taken over and the second one made.
    for statement in statements[:6]:
        await apache.execute(statement.text)

    await migrate(apache)

    for level in LEVELS:
        assert same(await rolled(apache, level), before[level]), level


async def test_a_second_migrator_does_not_disturb_a_move(
    apache: AsyncConnection, empty_database_url: str
) -> None:
    address = DatabaseAddress.from_url(empty_database_url)
    async with await connect(address, "srepok-tests") as other:
        first, second = await asyncio.gather(migrate(apache), migrate(other))

    assert (first.applied == ()) != (second.applied == ())
