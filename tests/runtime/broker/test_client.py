"""The fast lane under paho, against a broker that splits and joins packets as it likes."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerRefusedError, BrokerUnreachableError
from runtime.broker.options import SessionOptions
from runtime.clock import Clock, SystemClock
from tests.inbox import Inbox
from tests.waiting import DEADLINE, eventually

OPTIONS = SessionOptions(client_id="test")
CONNACK = b"\x20\x03\x00\x00\x00"
PINGREQ = b"\xc0\x00"
PINGRESP = b"\xd0\x00"
DISCONNECT = b"\xe0\x00"
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
    connack: bytes = CONNACK
    received: bytearray = field(default_factory=bytearray)
    writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        while chunk := await reader.read(65_536):
            if not self.received:
                writer.write(self.connack)
            self.received += chunk
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
async def connected(
    raw: RawBroker, options: SessionOptions = OPTIONS, clock: Clock | None = None
) -> AsyncIterator[tuple[Connection, Inbox]]:
    messages = Inbox()
    address = BrokerAddress("127.0.0.1", raw.port)
    connection = Connection(1, address, options, messages, clock or SystemClock())
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
        assert (connection.in_flight.messages, connection.in_flight.size) == (3, 3)
        seen = len(raw.received)
        connection.acknowledge(messages)
        await eventually(lambda: len(raw.received) >= seen + 12)
        assert bytes(raw.received[seen:]) == b"\x40\x02\x00\x05\x40\x02\x01\x2c\x40\x02\x00\x07"
        assert (connection.in_flight.messages, connection.in_flight.size) == (0, 0)


async def test_rubbish_from_the_broker_ends_the_connection_with_a_reason(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        await raw.write(b"\x30\xff\xff\xff\xff\xff\x7f")
        ended = await asyncio.wait_for(connection.wait_ended(), DEADLINE)
    assert "remaining length of more than four bytes" in ended.reason


async def test_the_brokers_own_goodbye_is_heard(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        await raw.write(SERVER_GONE)
        ended = await asyncio.wait_for(connection.wait_ended(), DEADLINE)
    assert (ended.reason, ended.code) == ("broker said: Server shutting down", 0x8B)


async def test_a_connection_that_breaks_is_noticed(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        assert raw.writer is not None
        raw.writer.transport.abort()
        ended = await asyncio.wait_for(connection.wait_ended(), DEADLINE)
    assert ended.reason.startswith("connection lost")


async def test_more_in_flight_than_agreed_waits_unread_until_half_is_acknowledged(
    raw: RawBroker,
) -> None:
    async with connected(raw, replace(OPTIONS, receive_maximum=4)) as (connection, messages):
        await raw.write(b"".join(publish("t", b"", number) for number in range(1, 20)))
        await eventually(lambda: connection.paused)
        assert [message.packet_id for message in messages] == [1, 2, 3, 4, 5, 6, 7]
        connection.acknowledge(messages[:3])
        assert connection.paused
        connection.acknowledge(messages[3:5])
        await messages.reach(12)
        assert connection.pauses == 2
        connection.acknowledge(messages[5:])
        await messages.reach(19)
        assert [message.packet_id for message in messages] == list(range(1, 20))
        assert not connection.has_ended


async def test_payloads_larger_than_agreed_wait_unread_within_one_read_already(
    raw: RawBroker,
) -> None:
    async with connected(raw, replace(OPTIONS, in_flight_bytes=1000)) as (connection, messages):
        await raw.write(b"".join(publish("t", bytes(100), number) for number in range(1, 200)))
        await eventually(lambda: connection.paused)
        assert connection.in_flight.size == 1100
        while len(messages) < 199:
            connection.acknowledge(messages[-connection.in_flight.messages :])
            await messages.reach(min(199, len(messages) + 11))
        assert [message.packet_id for message in messages] == list(range(1, 200))


async def test_confirmations_of_several_publishes_take_no_message_along(raw: RawBroker) -> None:
    async with connected(raw) as (connection, messages):
        publishing = [
            asyncio.create_task(connection.publish(f"ours/{number}", b"x")) for number in range(3)
        ]
        await eventually(lambda: raw.received.count(b"ours/") == 3)
        pubacks = b"".join(b"\x40\x02\x00" + bytes([number]) for number in (1, 2, 3))
        # More than is read at once: the rest is still in the socket when the first is confirmed.
        rest = b"".join(publish("t", bytes(5000), number) for number in range(1, 31))
        await raw.write(pubacks + rest)
        await asyncio.gather(*publishing)
        await messages.reach(30)
        assert [message.packet_id for message in messages] == list(range(1, 31))


async def test_a_connection_that_reads_nothing_stays_alive(raw: RawBroker) -> None:
    options = replace(OPTIONS, in_flight_bytes=10, keepalive=timedelta(seconds=1))
    async with connected(raw, options) as (connection, messages):
        await raw.write(publish("t", bytes(11), 1))
        await messages.reach(1)
        # This broker never answers a ping, and without a pause that ends the connection.
        await eventually(lambda: raw.received.count(PINGREQ) >= 4)
        assert connection.paused
        connection.acknowledge(messages)
        ended = await asyncio.wait_for(connection.wait_ended(), DEADLINE)
    assert ended.reason == "connection lost: Keep alive timeout"


async def test_a_paused_connection_closes_in_order(raw: RawBroker) -> None:
    async with connected(raw, replace(OPTIONS, in_flight_bytes=10)) as (connection, messages):
        await raw.write(publish("t", bytes(11), 1) + publish("t", b"left for later", 2))
        await messages.reach(1)
        assert raw.writer is not None
        closing = asyncio.create_task(connection.close())
        # What was left behind is dropped, so that this broker's answer is reached.
        await eventually(lambda: raw.received.endswith(PINGREQ))
        await raw.write(PINGRESP)
        await eventually(lambda: raw.received.endswith(DISCONNECT))
        raw.writer.close()
        await closing
        assert connection.reason == "connection lost: Normal disconnection"
        assert len(messages) == 1


async def test_a_packet_larger_than_agreed_is_not_waited_for(raw: RawBroker) -> None:
    async with connected(raw, replace(OPTIONS, maximum_packet_size=1000)) as (connection, _):
        await raw.write(publish("t", bytes(2000), 1)[:10])
        ended = await asyncio.wait_for(connection.wait_ended(), DEADLINE)
    assert "a packet of 2006 bytes, 1000 were agreed" in ended.reason


class StoppedClock:
    """A clock that stands still, and can be set back."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


async def test_no_two_messages_of_a_connection_arrive_at_the_same_time(raw: RawBroker) -> None:
    clock = StoppedClock()
    async with connected(raw, clock=clock) as (_, messages):
        await raw.write(b"".join(publish("t", b"", number) for number in range(1, 4)))
        await messages.reach(3)
        clock.time -= timedelta(seconds=1)
        await raw.write(b"".join(publish("t", b"", number) for number in range(4, 6)))
        await messages.reach(5)
    times = [message.received_at for message in messages]
    assert [times[0] + n * timedelta(microseconds=1) for n in range(5)] == times
    assert times[0] - StoppedClock().time == timedelta(microseconds=1)


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


async def test_a_broker_that_answers_for_too_few_filters_is_told_of(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        subscription = asyncio.create_task(connection.subscribe(["a/#", "b/#"]))
        await eventually(lambda: b"b/#" in raw.received)
        await raw.write(b"\x90\x04\x00\x01\x00\x01")
        with pytest.raises(BrokerUnreachableError, match="to 2 filters for 1"):
            await subscription
