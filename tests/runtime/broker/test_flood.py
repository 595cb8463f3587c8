"""More in the broker's hands than we have room for: all of it drains and is acknowledged."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import uuid4

import pytest

from runtime.backoff import BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.message import Message
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.runtime.broker.sessions import running
from tests.waiting import DEADLINE, eventually

pytestmark = pytest.mark.servers

COUNT = 1500
SIZE = 60_000
BOUND = 8 * 1024 * 1024
ONE_READ = 65_536 + 262_144
"""What may come in one go behind the message that passes the bound."""


@dataclass
class Reader:
    """Takes messages, and lets them go in batches, a turn of the event loop later."""

    waiting: list[Message] = field(default_factory=list)
    held: int = 0
    most_held: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, message: Message) -> None:
        self.waiting.append(message)
        self.held += len(message.payload)
        self.most_held = max(self.most_held, self.held)
        self.arrived.set()

    async def take(self) -> list[Message]:
        await self.arrived.wait()
        batch, self.waiting = self.waiting[:50], self.waiting[50:]
        if not self.waiting:
            self.arrived.clear()
        await asyncio.sleep(0)
        self.held -= sum(len(message.payload) for message in batch)
        return batch


@pytest.fixture
def options() -> SessionOptions:
    name = f"flood-{uuid4().hex}"
    return SessionOptions(
        client_id=name,
        filters=(f"srepok/canary/{name}",),
        session_expiry=timedelta(minutes=5),
        receive_maximum=12_000,
        in_flight_bytes=BOUND,
        backoff=BackoffPolicy(timedelta(milliseconds=10), timedelta(milliseconds=100)),
    )


async def fill_queue(address: BrokerAddress, options: SessionOptions, count: int = COUNT) -> None:
    """Leave a session with messages that wait for it."""
    async with running(address, options) as run:
        await run.session.close()
        await run.task
    sender = Connection(
        1,
        address,
        replace(options, client_id=f"{options.client_id}-sender"),
        print,
        SystemClock(),
        clean_start=True,
    )
    await sender.open()
    for start in range(0, count, 100):
        numbers = range(start, min(count, start + 100))
        payloads = [str(number).encode().ljust(SIZE) for number in numbers]
        await asyncio.gather(*(sender.publish(options.filters[0], body) for body in payloads))
    await sender.close()


async def test_a_queue_larger_than_the_bound_drains_on_one_connection(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    await fill_queue(broker_address, options)
    reader = Reader()
    seen: list[int] = []
    async with running(broker_address, options, reader) as run, asyncio.timeout(DEADLINE):
        while len(seen) < COUNT:
            batch = await reader.take()
            seen += [int(message.payload) for message in batch]
            assert run.session.acknowledge(batch) == 0
        assert run.session.in_flight == 0
        await run.session.close()
        await run.task
        assert run.observed.reasons == ["connection lost: Normal disconnection"]
    assert seen == list(range(COUNT))
    assert reader.most_held <= BOUND + ONE_READ
    async with running(broker_address, options) as run:
        await run.session.publish(options.filters[0], b"next")
        await run.inbox.reach(1)
        assert run.inbox.payloads() == [b"next"]


async def test_who_ends_for_want_of_room_is_promised_less_and_more_again_once_it_fits(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    options = replace(options, receive_maximum=64, in_flight_bytes=10 * SIZE)
    assert options.least_receive_maximum == 2
    await fill_queue(broker_address, options, count=64)
    reader = Reader()
    async with running(
        broker_address, replace(options, regrow_after=timedelta(milliseconds=20)), reader
    ) as run:
        await eventually(lambda: run.session.pauses == 1)
        assert run.session.receive_maximum == 64
        run.session.drop("test")
        await run.observed.connections(2)
        assert run.session.receive_maximum == 5
        seen: set[int] = set()
        async with asyncio.timeout(DEADLINE):
            while len(seen) < 64:
                batch = await reader.take()
                seen |= {int(message.payload) for message in batch}
                run.session.acknowledge(batch)
        # 5, 10, 20, 40 and 64 are one connection each.
        await run.observed.connections(6)
        assert run.session.receive_maximum == 64
        assert run.observed.reasons[0] == "test"
        assert set(run.observed.reasons[1:]) == {"connection lost: Normal disconnection"}
