"""The fast lane under paho, against a broker that splits and joins packets as it likes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerRefusedError, BrokerUnreachableError
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.inbox import Inbox

OPTIONS = SessionOptions(client_id="test")
CONNACK = b"\x20\x03\x00\x00\x00"
SERVER_GONE = b"\xe0\x02\x8b\x00"


def variable_length(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = divmod(number, 128)
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def publish(
    topic: str, payload: bytes, packet_id: int = 0, content_type: str | None = None
) -> bytes:
    qos = 1 if packet_id else 0
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
    if content_type:
        properties.ContentType = content_type
    name = topic.encode()
    body: bytes = len(name).to_bytes(2) + name + (packet_id.to_bytes(2) if qos else b"")
    body += properties.pack() + payload  # type: ignore[no-untyped-call]  # the same
    return b"".join([bytes([0x30 | qos << 1]), variable_length(len(body)), body])


@dataclass
class RawBroker:
    """Accepts one connection and writes exactly the bytes it is given."""

    port: int = 0
    received: bytearray = field(default_factory=bytearray)
    writer: asyncio.StreamWriter | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        while chunk := await reader.read(65_536):
            if not self.received:
                writer.write(CONNACK)
            self.received += chunk
            self.arrived.set()
        writer.close()

    async def write(self, data: bytes) -> None:
        assert self.writer is not None
        self.writer.write(data)
        await self.writer.drain()


@pytest.fixture
async def raw() -> AsyncIterator[RawBroker]:
    broker = RawBroker()
    server = await asyncio.start_server(broker.serve, "127.0.0.1", 0)
    broker.port = server.sockets[0].getsockname()[1]
    yield broker
    server.close()
    if broker.writer is not None:
        broker.writer.transport.abort()


@contextlib.asynccontextmanager
async def connected(raw: RawBroker) -> AsyncIterator[tuple[Connection, Inbox]]:
    messages = Inbox()
    address = BrokerAddress("127.0.0.1", raw.port)
    connection = Connection(1, address, OPTIONS, messages, SystemClock())
    await connection.open()
    yield connection, messages
    connection.abort("test over")


@pytest.mark.parametrize("seed", range(5))
async def test_packets_survive_any_split(raw: RawBroker, seed: int) -> None:
    random = Random(seed)
    sizes = [0, 1, 100, 127, 128, 16_383, 16_384, 70_000]
    sent = [
        (f"t/{number}", random.randbytes(random.choice(sizes)), random.choice([0, number + 1]))
        for number in range(60)
    ]
    stream = b"".join(
        publish(topic, payload, packet_id, random.choice([None, "application/cbor"]))
        for topic, payload, packet_id in sent
    )
    async with connected(raw) as (_, messages):
        while stream:
            size = random.choice([1, 2, 3, 5, 500, 65_536, 200_000])
            await raw.write(stream[:size])
            stream = stream[size:]
            await asyncio.sleep(0)
        await messages.reach(len(sent))
    assert [(m.topic, m.payload, m.packet_id) for m in messages] == sent


async def test_content_types_are_read(raw: RawBroker) -> None:
    async with connected(raw) as (_, messages):
        await raw.write(publish("t", b"x", 1, "application/cbor") + publish("t", b"y", 2))
        await messages.reach(2)
    assert [message.content_type for message in messages] == ["application/cbor", None]


async def test_a_batch_of_acknowledgements_is_a_puback_each_in_order(raw: RawBroker) -> None:
    async with connected(raw) as (connection, messages):
        await raw.write(b"".join(publish("t", b"x", number) for number in (5, 300, 7)))
        await messages.reach(3)
        assert (connection.unacknowledged, connection.unacknowledged_bytes) == (3, 3)
        seen = len(raw.received)
        raw.arrived.clear()
        connection.acknowledge(messages)
        await asyncio.wait_for(raw.arrived.wait(), 10)
        assert bytes(raw.received[seen:]) == b"\x40\x02\x00\x05\x40\x02\x01\x2c\x40\x02\x00\x07"
        assert (connection.unacknowledged, connection.unacknowledged_bytes) == (0, 0)


async def test_rubbish_from_the_broker_ends_the_connection_with_a_reason(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        await raw.write(b"\x30\xff\xff\xff\xff\xff\x7f")
        ended = await asyncio.wait_for(connection.wait_ended(), 10)
    assert "remaining length of more than four bytes" in ended.reason


async def test_the_brokers_own_goodbye_is_heard(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        await raw.write(SERVER_GONE)
        ended = await asyncio.wait_for(connection.wait_ended(), 10)
    assert (ended.reason, ended.code) == ("broker said: Server shutting down", 0x8B)


async def test_a_connection_that_breaks_is_noticed(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        assert raw.writer is not None
        raw.writer.transport.abort()
        ended = await asyncio.wait_for(connection.wait_ended(), 10)
    assert ended.reason.startswith("connection lost")


async def test_more_in_flight_than_agreed_ends_the_connection(raw: RawBroker) -> None:
    options = SessionOptions(client_id="test", receive_maximum=4)
    address = BrokerAddress("127.0.0.1", raw.port)
    connection = Connection(1, address, options, Inbox(), SystemClock())
    await connection.open()
    await raw.write(b"".join(publish("t", b"", number) for number in range(1, 9)))
    ended = await asyncio.wait_for(connection.wait_ended(), 10)
    assert ended.reason.startswith("in flight over the bound: 7 messages")


async def test_a_refusal_and_an_empty_port_are_told_apart(raw: RawBroker) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"\x20\x03\x00\x87\x00")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(BrokerRefusedError, match=rf"mqtt://127.0.0.1:{port}: Not authorized"):
        await Connection(1, BrokerAddress("127.0.0.1", port), OPTIONS, print, SystemClock()).open()
    server.close()
    await server.wait_closed()
    with pytest.raises(BrokerUnreachableError, match="refused"):
        await Connection(1, BrokerAddress("127.0.0.1", port), OPTIONS, print, SystemClock()).open()
    assert raw.writer is None
