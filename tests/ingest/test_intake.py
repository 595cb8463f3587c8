"""The intake: batches by size and age, in order, bounded."""

import asyncio
from datetime import timedelta

from ingest.intake import Intake
from runtime.broker.message import Message
from tests.ingest.make import NOW
from tests.waiting import DEADLINE

LONG = timedelta(hours=1)
SHORT = timedelta(milliseconds=1)


def make_numbered(number: int, epoch: int = 1) -> Message:
    return Message(epoch, number, "t", b"", 1, False, NOW)  # noqa: FBT003 - retain


def numbers(messages: list[Message]) -> list[int]:
    return [message.packet_id for message in messages]


async def test_a_full_batch_does_not_wait() -> None:
    intake = Intake(batch_size=3, flush_interval=LONG, left_over=10)
    for number in range(7):
        intake.deliver(make_numbered(number))
    assert numbers(await intake.take()) == [0, 1, 2]
    assert numbers(await intake.take()) == [3, 4, 5]
    assert len(intake) == 1


async def test_a_batch_that_does_not_fill_goes_out_by_age() -> None:
    intake = Intake(batch_size=100, flush_interval=SHORT, left_over=10)
    taking = asyncio.create_task(intake.take())
    intake.deliver(make_numbered(1))
    assert numbers(await taking) == [1]


async def test_closing_gives_out_the_rest_takes_no_more_and_then_ends() -> None:
    intake = Intake(batch_size=2, flush_interval=LONG, left_over=10)
    for number in range(3):
        intake.deliver(make_numbered(number))
    intake.close()
    intake.deliver(make_numbered(9))
    assert numbers(await intake.take()) == [0, 1]
    assert numbers(await intake.take()) == [2]
    assert await intake.take() == []


async def test_closing_wakes_a_waiting_taker() -> None:
    intake = Intake(batch_size=2, flush_interval=LONG, left_over=10)
    taking = asyncio.create_task(intake.take())
    await asyncio.sleep(0)
    intake.close()
    assert await taking == []


async def test_messages_of_ended_connections_are_kept_up_to_the_bound() -> None:
    intake = Intake(batch_size=100, flush_interval=SHORT, left_over=2)
    for number in range(5):
        intake.deliver(make_numbered(number, epoch=1))
    intake.deliver(make_numbered(5, epoch=2))
    assert intake.trim(epoch=2) == 3
    assert numbers(await intake.take()) == [3, 4, 5]


async def test_they_are_bounded_by_their_bytes_too() -> None:
    intake = Intake(batch_size=100, flush_interval=SHORT, left_over=100, left_over_bytes=250)
    for number in range(5):
        large = make_numbered(number, epoch=1)
        large.payload = b"x" * 100
        intake.deliver(large)
    intake.deliver(make_numbered(5, epoch=2))
    assert intake.trim(epoch=2) == 3
    assert numbers(await intake.take()) == [3, 4, 5]


async def test_a_batch_of_large_payloads_ends_early() -> None:
    intake = Intake(batch_size=100, flush_interval=SHORT, left_over=100)
    for number in range(5):
        large = make_numbered(number)
        large.payload = b"x" * 1024 * 1024
        intake.deliver(large)
    assert numbers(await intake.take()) == [0, 1]
    assert numbers(await intake.take()) == [2, 3]
    assert numbers(await intake.take()) == [4]


async def test_a_batch_is_full_by_its_bytes_too() -> None:
    intake = Intake(batch_size=100, flush_interval=LONG, left_over=100)
    for number in range(6):
        large = make_numbered(number)
        large.payload = b"x" * 1024 * 1024
        intake.deliver(large)
    # At an interval of an hour, whoever has to wait for one does not come back.
    async with asyncio.timeout(DEADLINE):
        for first in (0, 2, 4):
            assert numbers(await intake.take()) == [first, first + 1]
    taking = asyncio.create_task(intake.take())
    intake.deliver(make_numbered(9))
    await asyncio.sleep(0)
    assert not taking.done()
    intake.close()
    assert numbers(await taking) == [9]


async def test_what_was_left_over_of_a_batch_does_not_wait_a_whole_interval_more() -> None:
    intake = Intake(batch_size=3, flush_interval=LONG, left_over=10)
    now = intake._now
    intake._now = lambda: now() - 2 * LONG.total_seconds()
    for number in range(4):
        intake.deliver(make_numbered(number))
    intake._now = now
    assert numbers(await intake.take()) == [0, 1, 2]
    intake.deliver(make_numbered(4))
    async with asyncio.timeout(DEADLINE):
        assert numbers(await intake.take()) == [3, 4]


async def test_dropping_everything_left_over_does_not_look_like_the_end() -> None:
    intake = Intake(batch_size=10, flush_interval=SHORT, left_over=0)
    intake.deliver(make_numbered(1, epoch=1))
    assert intake.trim(epoch=2) == 1
    taking = asyncio.create_task(intake.take())
    await asyncio.sleep(0)
    intake.deliver(make_numbered(2, epoch=2))
    assert numbers(await taking) == [2]
