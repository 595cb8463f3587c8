"""Ingest killed, cut off and stopped, with a ledger of what the broker confirmed."""

from random import Random

import pytest

from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

SEED = 20261123
KILLS = 20


async def test_ingest_killed_at_random_points_loses_nothing_and_stores_nothing_twice(
    world: World,
) -> None:
    random = Random(SEED)
    await world.subscribe_once()
    async with world.publisher() as publisher:
        for _ in range(KILLS):
            await world.ingest.start(ready=random.random() < 0.7)
            await publisher.confirmed(random.randrange(1, 400))
            await world.ingest.kill()
        await world.ingest.start()
    await world.settle(publisher.ledger.records)
    assert publisher.ledger.messages > KILLS * 100
    await world.check_nothing_lost_or_twice(publisher.ledger)


async def test_sigterm_writes_what_was_received_and_leaves_the_rest_to_the_broker(
    world: World,
) -> None:
    await world.subscribe_once()
    async with world.publisher() as publisher:
        for _ in range(3):
            await world.ingest.start()
            await publisher.confirmed(300)
            assert await world.ingest.stop() == 0
        await world.ingest.start()
    await world.settle(publisher.ledger.records)
    await world.check_nothing_lost_or_twice(publisher.ledger)
    steps = [
        "stop intake",
        "write what was received",
        "acknowledge and disconnect",
        "stop helpers",
        "close database",
    ]
    positions = [world.ingest.log.index(f'"step": "{step}"') for step in steps]
    assert positions == sorted(positions)
    # Nothing committed was left unacknowledged: only what the publisher sent twice came twice.
    assert await duplicates(world) == publisher.ledger.repeated


async def duplicates(world: World) -> int:
    ((count,),) = await world.rows("SELECT sum(duplicate)::int FROM ingest_minutes")
    return int(count)


async def test_a_second_process_of_the_same_name_stops_the_first_with_a_message(
    world: World,
) -> None:
    await world.ingest.start()
    twin = type(world.ingest)(world.environ, world.directory / "broker")
    await twin.start()
    assert await world.ingest.end() == 1
    assert "another process connected" in world.ingest.log
    assert await twin.stop() == 0
