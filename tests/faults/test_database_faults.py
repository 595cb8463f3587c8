"""The database killed, stopped and hung under load."""

import asyncio
import os
import signal

import pytest

from tests.waiting import eventually, eventually_true
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

MEMORY_BOUND = 200 * 1024 * 1024
OUTAGE_SECONDS = 60


async def says(world: World, event: str, times: int = 1) -> None:
    """Wait until ingest has said something so often."""
    await eventually(lambda: world.ingest.log.count(event) >= times)


async def test_a_killed_database_loses_nothing(world: World) -> None:
    await world.ingest.start()
    async with world.publisher() as publisher:
        for times in range(1, 4):
            await publisher.confirmed(500)
            world.postgres.kill()
            await publisher.confirmed(300)
            await says(world, "database does not take writes", times)
            await asyncio.to_thread(world.postgres.start)
            await says(world, "database takes writes again", times)
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)
    assert world.ingest.log.count("database takes writes again") == 3


async def test_an_outage_of_a_minute_under_load_is_ridden_out_in_bounded_memory(
    world: World,
) -> None:
    await world.ingest.start()
    async with world.publisher(per_second=500) as publisher:
        await publisher.confirmed(500)
        await asyncio.to_thread(world.postgres.stop)
        # The outage itself is the subject here, so it is waited out.
        await asyncio.sleep(OUTAGE_SECONDS)
        in_flight = await world.ingest.metric("srepok_ingest_messages_in_flight")
        assert await world.ingest.metric("srepok_ingest_database_up") == 0
        before = publisher.ledger.messages
        await asyncio.to_thread(world.postgres.start)
        await world.ingest.until_ready()
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)
    assert before > 10_000, "the publisher was held up"
    assert in_flight <= 12_000
    assert world.ingest.peak_memory_bytes() < MEMORY_BOUND
    # An outage is one line at its beginning and one at its end, not one for each attempt.
    assert world.ingest.log.count("database does not take writes") == 1
    assert world.ingest.log.count("database takes writes again") == 1


async def test_a_hung_database_is_given_up_and_tried_again(world: World) -> None:
    world.environ["INGEST_WRITE_TIMEOUT"] = "1s"
    await world.ingest.start()
    async with world.publisher() as publisher:
        await publisher.confirmed(500)
        backends = await world.rows(
            "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'srepok-ingest%%'"
        )
        (pid,) = backends[0]
        os.kill(pid, signal.SIGSTOP)
        try:

            async def given_up() -> bool:
                return await world.ingest.metric("srepok_ingest_write_failures_total") >= 1

            await eventually_true(given_up)
        finally:
            os.kill(pid, signal.SIGCONT)
        await publisher.confirmed(200)
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)
    assert '"kind": "timeout"' in world.ingest.log


async def test_ingest_waits_for_a_database_that_is_not_there_yet(world: World) -> None:
    await asyncio.to_thread(world.postgres.stop)
    await world.ingest.start(ready=False)
    # Before its first connection the broker keeps nothing for it.
    await eventually(lambda: "connected to broker" in world.ingest.log)
    async with world.publisher() as publisher:
        await publisher.confirmed(200)
        await says(world, "database does not take writes")
        await asyncio.to_thread(world.postgres.start)
        await world.ingest.until_ready()
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)


async def test_a_stop_while_the_database_is_away_is_bounded_and_loses_nothing(
    world: World,
) -> None:
    world.environ["INGEST_DRAIN_TIMEOUT"] = "1s"
    await world.ingest.start()
    async with world.publisher() as publisher:
        await publisher.confirmed(300)
        await asyncio.to_thread(world.postgres.stop)
        await publisher.confirmed(300)
        # It has something that it cannot write.
        await says(world, "database does not take writes")
        assert await world.ingest.stop() == 1
        assert "shutdown step ran out of time" in world.ingest.log
        await asyncio.to_thread(world.postgres.start)
        await world.ingest.start()
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)
