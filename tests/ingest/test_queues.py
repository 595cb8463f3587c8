"""What waits: looked at, remembered, and written down whatever happens to database and process."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from psycopg import AsyncConnection

from ingest.queues import Queues
from runtime.broker.counters import DROPPED, KEPT, KEPT_BYTES, RETAINED
from tests.ingest.bench import Bench

MINUTE = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)


class Scene:
    """What there is to look at."""

    def __init__(self) -> None:
        self.time = MINUTE + timedelta(seconds=20)
        self.in_flight = 0
        self.broker: dict[str, float] = {}
        self.queues = Queues(lambda: self.in_flight, self.broker, self)

    def now(self) -> datetime:
        return self.time

    def look(self, in_flight: int, later: timedelta = timedelta(0), **broker: float) -> None:
        """Let things be so, so much later, and look."""
        self.time += later
        self.in_flight = in_flight
        said = {"kept": KEPT, "retained": RETAINED, "size": KEPT_BYTES, "dropped": DROPPED}
        self.broker.update({said[name]: value for name, value in broker.items()})
        self.queues.look()


async def written(connection: AsyncConnection) -> list[tuple[object, ...]]:
    cursor = await connection.execute(
        "SELECT minute - %s, worker, in_flight, broker_messages, broker_bytes, broker_dropped"
        " FROM ingest_queues ORDER BY 1, 2",
        [MINUTE],
    )
    return await cursor.fetchall()


@pytest.mark.servers
async def test_a_minute_has_the_most_of_it_and_the_last_count_of_what_was_dropped(
    bench: Bench,
) -> None:
    scene = Scene()
    scene.look(5, kept=110, retained=100, size=900, dropped=0)
    scene.look(70, kept=400, retained=100, size=4000, dropped=2)
    scene.look(20, kept=130, retained=100, size=1000, dropped=3)
    await scene.queues.write(bench.connection, "1")
    assert await written(bench.connection) == [(timedelta(0), "1", 70, 300, 4000, 3)]

    scene.look(90, kept=90)
    scene.look(1, later=timedelta(minutes=1), kept=100, dropped=4)
    scene.look(3, later=timedelta(minutes=2))
    await scene.queues.write(bench.connection, "1")
    assert await written(bench.connection) == [
        (timedelta(0), "1", 90, 300, 4000, 3),
        (timedelta(minutes=1), "1", 1, 0, 1000, 4),
        (timedelta(minutes=3), "1", 3, 0, 1000, 4),
    ]


@pytest.mark.servers
async def test_a_process_that_starts_anew_in_the_same_minute_takes_nothing_away(
    bench: Bench,
) -> None:
    before, after = Scene(), Scene()
    before.look(70, kept=400, retained=100, size=4000, dropped=7)
    await before.queues.write(bench.connection, "1")
    after.look(3)
    await after.queues.write(bench.connection, "1")
    await after.queues.write(bench.connection, "2")
    assert await written(bench.connection) == [
        (timedelta(0), "1", 70, 300, 4000, 7),
        (timedelta(0), "2", 3, None, None, None),
    ]


@pytest.mark.servers
async def test_minutes_without_a_database_are_written_once_it_is_back(
    bench: Bench, stocked_url: str
) -> None:
    scene = Scene()
    scene.look(1)
    away = await AsyncConnection.connect(stocked_url)
    await away.close()
    with pytest.raises(psycopg.Error):
        await scene.queues.write(away, "1")
    scene.look(2, later=timedelta(minutes=1))
    with pytest.raises(psycopg.Error):
        await scene.queues.write(away, "1")
    await scene.queues.write(bench.connection, "1")
    assert [row[2] for row in await written(bench.connection)] == [1, 2]


@pytest.mark.servers
async def test_a_day_of_minutes_is_remembered_and_no_more(bench: Bench) -> None:
    scene = Scene()
    for _ in range(1_500):
        scene.look(1, later=timedelta(minutes=1))
    await scene.queues.write(bench.connection, "1")
    minutes = [row[0] for row in await written(bench.connection)]
    assert (minutes[0], minutes[-1]) == (timedelta(minutes=61), timedelta(minutes=1_500))
    assert len(minutes) == 1_440
