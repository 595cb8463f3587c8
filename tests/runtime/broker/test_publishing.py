"""Publishing at QoS 1: what is under way, what is confirmed, and what became of the rest."""

import asyncio

import pytest

from runtime.broker.errors import PublishError, PublishRefusedError
from tests.runtime.broker.test_client import RawBroker, connected, publish, raw
from tests.waiting import eventually

__all__ = ["raw"]

TWO_AT_A_TIME = b"\x20\x06\x00\x00\x03\x21\x00\x02"
NOT_AUTHORIZED = 0x87
NOBODY_LISTENS = 0x10


def puback(packet_id: int, reason: int | None = None) -> bytes:
    body = packet_id.to_bytes(2) + (b"" if reason is None else bytes([reason]))
    return bytes([0x40, len(body)]) + body


async def test_what_is_published_in_one_turn_is_what_mqtt_says(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        before = len(raw.received)
        sizes = (0, 1, 100, 20_000)
        tasks = [
            asyncio.create_task(connection.publish(f"t/{size}", bytes(size), retain=size == 1))
            for size in sizes
        ]
        expected = [publish(f"t/{size}", bytes(size), at) for at, size in enumerate(sizes, 1)]
        expected[1] = bytes([expected[1][0] | 1]) + expected[1][1:]
        await eventually(lambda: len(raw.received) - before >= sum(map(len, expected)))
        assert bytes(raw.received[before:]) == b"".join(expected)
        await raw.write(puback(1) + puback(2, 0) + puback(3, NOBODY_LISTENS))
        await asyncio.gather(*tasks[:3])
        await raw.write(puback(4, NOT_AUTHORIZED))
        with pytest.raises(
            PublishRefusedError, match=r"t/20000: refused by .*: Not authorized"
        ) as no:
            await tasks[3]
        assert no.value.lasts


async def test_no_more_is_under_way_than_the_broker_takes(raw: RawBroker) -> None:
    raw.connack = TWO_AT_A_TIME
    async with connected(raw) as (connection, _):
        tasks = [asyncio.create_task(connection.publish(f"t/{at}", b"")) for at in range(4)]
        await eventually(lambda: b"t/1" in raw.received)
        assert b"t/2" not in raw.received
        await raw.write(puback(2))
        await eventually(lambda: b"t/2" in raw.received)
        assert b"t/3" not in raw.received
        await raw.write(puback(1) + puback(3))
        await eventually(lambda: b"t/3" in raw.received)
        await raw.write(puback(4))
        await asyncio.gather(*tasks)


async def test_the_end_of_the_connection_ends_every_wait(raw: RawBroker) -> None:
    async with connected(raw) as (connection, _):
        tasks = [asyncio.create_task(connection.publish("t", b"")) for _ in range(3)]
        await eventually(lambda: raw.received.count(b"\x01t") == 3)
        tasks[0].cancel()
        connection.abort("cut")
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(answers[0], asyncio.CancelledError)
        assert [str(each) for each in answers[1:]] == ["connection ended first: cut"] * 2
        with pytest.raises(PublishError, match="t: not sent: cut"):
            await connection.publish("t", b"")
