"""roll_up() on the Apache edition: exact, in any order of events, and never destructive."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from psycopg import AsyncConnection, IsolationLevel

from runtime.database.capabilities import Capabilities, Edition
from runtime.database.connection import DatabaseAddress, connect
from tests.databases import ConnectAs
from tests.runtime.database.rollups import (
    LEVELS,
    Report,
    expected,
    mark,
    past,
    roll_up,
    rolled,
    same,
    store,
)

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _apache_only(capabilities: Capabilities) -> None:
    if capabilities.edition is not Edition.APACHE:
        pytest.skip("roll_up() does its work on the Apache edition only")


def make_reports(random: Random, count: int, days: float = 3) -> list[Report]:
    start = past(days)
    return [
        (
            random.randint(1, 5),
            start + timedelta(seconds=random.randint(0, int(days * 86_400))),
            seq,
            None if random.random() < 0.2 else random.uniform(1, 100),
        )
        for seq in range(count)
    ]


async def assert_exact(connection: AsyncConnection) -> None:
    for level in LEVELS:
        assert same(await rolled(connection, level), await expected(connection, level)), level


async def test_every_level_is_what_the_rows_say(connection: AsyncConnection) -> None:
    await store(connection, make_reports(Random(1), 400))

    busy, marks, buckets, more = await roll_up(connection)

    assert not busy
    assert not more
    assert marks > 0
    assert buckets > 0
    await assert_exact(connection)


async def test_late_rows_change_what_was_rolled_up(connection: AsyncConnection) -> None:
    reports = make_reports(Random(2), 300)
    for some in (reports[:150], reports[100:250], reports[250:]):
        await store(connection, some)
        await roll_up(connection)

    await assert_exact(connection)


async def test_work_is_taken_in_pieces(connection: AsyncConnection) -> None:
    await store(connection, make_reports(Random(3), 50))

    pieces = [await roll_up(connection, max_buckets=7)]
    while pieces[-1][3]:
        pieces.append(await roll_up(connection, max_buckets=7))

    assert len(pieces) >= 50 // 7
    assert await roll_up(connection) == (False, 0, 0, False)
    await assert_exact(connection)


async def test_a_mark_of_more_devices_than_a_piece_is_taken_whole(
    connection: AsyncConnection,
) -> None:
    await store(connection, [(device, past(), 1, 1.0) for device in range(1, 31)])

    assert await roll_up(connection, max_buckets=7) == (False, 3, 90, False)
    await assert_exact(connection)


async def test_the_day_begins_at_local_midnight(connection: AsyncConnection) -> None:
    midnight = past(3).replace(hour=17)  # 00:00 in Asia/Ho_Chi_Minh
    before, after = midnight - timedelta(seconds=1), midnight
    await store(connection, [(1, before, 1, 10.0), (1, after, 2, 30.0)])

    await roll_up(connection)

    assert [(row[0], row[4]) for row in await rolled(connection, "1d")] == [
        (midnight - timedelta(days=1), 10.0),
        (midnight, 30.0),
    ]


async def test_a_minute_is_rolled_up_only_once_it_is_over(connection: AsyncConnection) -> None:
    cursor = await connection.execute("SELECT now()")
    row = await cursor.fetchone()
    assert row is not None
    await store(connection, [(1, row[0], 1, 10.0)])

    cursor = await connection.execute("SELECT marks FROM roll_up(10)")
    assert await cursor.fetchone() == (0,)
    # A negative time to settle lets the present minute pass for over.
    cursor = await connection.execute("SELECT marks FROM roll_up(10, settle => '-2 minutes')")
    assert await cursor.fetchone() == (1,)


async def test_hours_and_days_wait_for_their_lag(connection: AsyncConnection) -> None:
    await store(connection, [(1, past(), 1, 10.0)])

    await connection.execute("SELECT roll_up(10, '0', hour_lag => '1 hour', day_lag => '0')")

    assert len(await rolled(connection, "1m")) == 1
    assert await rolled(connection, "1h") == []
    await connection.execute("UPDATE rollup_marks SET marked_at = now() - INTERVAL '1 hour'")
    await connection.execute("SELECT roll_up(10, '0', hour_lag => '1 hour', day_lag => '0')")
    await assert_exact(connection)


async def test_rows_not_yet_committed_are_rolled_up_after_their_commit(
    connection: AsyncConnection, database_url: str
) -> None:
    at = past()
    # Whoever makes a chunk holds the others up until its commit: let it be there already.
    await store(connection, [(2, at, 1, 10.0)])
    async with await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as writer:
        async with writer.transaction():
            await store(writer, [(1, at, 1, 10.0)])
            await store(connection, [(1, at, 2, 30.0)])
            await roll_up(connection)
            assert [row[2] for row in await rolled(connection, "1m")] == [1, 1]
        await roll_up(connection)

    assert [row[2] for row in await rolled(connection, "1m")] == [2, 1]
    await assert_exact(connection)


async def test_a_second_roller_returns_at_once(
    connection: AsyncConnection, database_url: str
) -> None:
    await store(connection, [(1, past(), 1, 10.0)])
    async with (
        await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as other,
        other.transaction(),
    ):
        await roll_up(other)
        assert await roll_up(connection) == (True, 0, 0, False)

    assert (await roll_up(connection))[0] is False
    await assert_exact(connection)


async def test_a_roller_that_dies_leaves_its_work(
    connection: AsyncConnection, database_url: str
) -> None:
    await store(connection, [(1, past(), 1, 10.0)])
    async with (
        await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as other,
        other.transaction(force_rollback=True),
    ):
        assert (await roll_up(other))[1] > 0

    assert (await roll_up(connection))[1] > 0
    await assert_exact(connection)


async def test_writers_and_rollers_at_once_lose_nothing(
    connection: AsyncConnection, database_url: str
) -> None:
    """Four writers, two rollers, one of them repeatable read: exact once all is quiet."""
    address = DatabaseAddress.from_url(database_url)
    random = Random(4)
    shares = [make_reports(random, 200, days=0.02) for _ in range(4)]

    async def write(share: list[Report]) -> None:
        async with await connect(address, "srepok-tests-writer") as writer:
            for start in range(0, len(share), 5):
                await store(writer, share[start : start + 5])

    async def roll(done: asyncio.Event, level: IsolationLevel) -> int:
        taken = 0
        async with await connect(address, "srepok-tests-roller") as roller:
            await roller.set_isolation_level(level)
            while not done.is_set():
                taken += (await roll_up(roller, max_buckets=20))[1]
        return taken

    done = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        rollers = [
            group.create_task(roll(done, level))
            for level in (IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ)
        ]
        async with asyncio.TaskGroup() as writers:
            for share in shares:
                writers.create_task(write(share))
        done.set()
    while (await roll_up(connection))[1]:
        pass

    assert any(roller.result() for roller in rollers)
    await assert_exact(connection)


async def test_marks_of_dropped_rows_erase_nothing(connection: AsyncConnection) -> None:
    old = past(20)
    reports: list[Report] = [(1, old, 1, 10.0), (1, old + timedelta(seconds=30), 2, 30.0)]
    await store(connection, reports)
    await roll_up(connection)
    before = {level: await rolled(connection, level) for level in LEVELS}
    await connection.execute("SELECT drop_chunks('link_reports', now() - INTERVAL '15 days')")

    await mark(connection, reports)
    await roll_up(connection)
    assert {level: await rolled(connection, level) for level in LEVELS} == before

    # A late row into the dropped period: what was computed from more rows stands, and a
    # bucket that had none gets it.
    await store(connection, [(1, old, 3, 99.0), (2, old, 1, 50.0)])
    await roll_up(connection)
    for level in LEVELS:
        assert [row for row in await rolled(connection, level) if row[1] == 1] == before[level]
        assert [row[4] for row in await rolled(connection, level) if row[1] == 2] == [50.0]


async def test_readings_are_rolled_up_by_metric(connection: AsyncConnection) -> None:
    at = past()
    await connection.execute(
        """
        INSERT INTO sensor_readings (device_id, metric_id, observed_at, received_at, skew, value)
        VALUES (1, 1, %(at)s, now(), 'ok', 1), (1, 2, %(at)s, now(), 'ok', 10),
            (1, 1, %(at)s + INTERVAL '30 s', now(), 'ok', 3),
            (1, 1, %(at)s + INTERVAL '61 s', now(), 'ok', 8)
        """,
        {"at": at},
    )
    await connection.execute(
        """
        INSERT INTO rollup_marks (relation, bucket, device_ids)
        VALUES ('sensor_readings', %(at)s, '{1}'),
            ('sensor_readings', %(at)s + INTERVAL '1 min', '{1}')
        """,
        {"at": at},
    )

    await roll_up(connection)

    columns = "metric_id, readings, value_avg, value_min, value_max"
    minutes = await connection.execute(
        f"SELECT {columns} FROM sensor_readings_1m ORDER BY bucket, metric_id"  # noqa: S608 - ours
    )
    assert await minutes.fetchall() == [(1, 2, 2, 1, 3), (2, 1, 10, 10, 10), (1, 1, 8, 8, 8)]
    for level in ("1h", "1d"):
        found = await connection.execute(
            f"SELECT {columns} FROM sensor_readings_{level} ORDER BY metric_id"  # noqa: S608 - ours
        )
        assert await found.fetchall() == [(1, 3, 4, 1, 8), (2, 1, 10, 10, 10)]


async def test_ingest_may_mark_and_roll_up(connect_as: ConnectAs) -> None:
    ingest = await connect_as("srepok_ingest")

    await store(ingest, [(1, past(), 1, 10.0)])

    assert (await roll_up(ingest))[1] > 0
    await assert_exact(ingest)
