"""A queue of large payloads, many times what ingest has room for, when it comes back."""

import asyncio
from typing import Final

import pytest

from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.waiting import eventually_true
from tests.world import World

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600)]

COUNT: Final = 1500
SIZE: Final = 60_000
MEMORY_BOUND: Final = 200 * 1024 * 1024


async def test_a_queue_of_large_payloads_drains_in_bounded_memory(world: World) -> None:
    await world.subscribe_once()
    sender = Connection(
        1,
        world.broker_address("gateway"),
        SessionOptions(client_id="sender"),
        Inbox(),
        SystemClock(),
        clean_start=True,
    )
    await sender.open()
    for start in range(0, COUNT, 100):
        payloads = [str(number).encode().ljust(SIZE) for number in range(start, start + 100)]
        topic = "srepok/v1/66/22015/somebody/telemetry"
        await asyncio.gather(*(sender.publish(topic, payload) for payload in payloads))
    await sender.close()
    await world.ingest.start()

    async def settled() -> bool:
        return await world.ingest.metric("srepok_ingest_messages_settled_total") >= COUNT

    await eventually_true(settled)
    assert await world.ingest.metric("srepok_ingest_broker_connections_total") == 1
    assert await world.ingest.metric("srepok_ingest_acknowledgements_stale_total") == 0
    assert await world.ingest.metric("srepok_ingest_broker_reading_pauses_total") > 0
    assert world.ingest.peak_memory_bytes() < MEMORY_BOUND
    assert await world.ingest.stop() == 0
    # Nothing comes again: all of it was acknowledged.
    await world.ingest.start()
    assert await world.ingest.metric("srepok_ingest_messages_in_flight") == 0
    ((letters,),) = await world.rows("SELECT sum(occurrences)::int FROM dead_letters")
    assert letters == COUNT
