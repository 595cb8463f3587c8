"""The broker's own counters: what it has thrown away, and brokers that do not say."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest

from deploy.mosquitto import Mosquitto
from deploy.mosquitto_options import MosquittoOptions
from runtime.broker import counters as counters_module
from runtime.broker.address import BrokerAddress
from runtime.broker.counters import (
    DROPPED,
    KEPT,
    KEPT_BYTES,
    RETAINED,
    BrokerCounters,
    DropAlarm,
)
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.runtime.broker.sessions import QUICK, connected, publish, running
from tests.runtime.logged import log_of
from tests.servers import MakeMosquitto
from tests.waiting import DEADLINE, eventually

SMALL_QUEUE = MosquittoOptions(extra=("max_queued_messages 5", "sys_interval 1"))


@dataclass
class Heard:
    """The newest value of each counter, and what is so at present."""

    values: dict[str, float] = field(default_factory=dict)
    present: Mapping[str, float] = field(default_factory=dict)

    def __call__(self, topic: str, value: float) -> None:
        self.values[topic] = value


@contextlib.asynccontextmanager
async def listening(address: BrokerAddress) -> AsyncIterator[tuple[Heard, asyncio.Task[None]]]:
    heard = Heard()
    counters = BrokerCounters(address, f"counters-{uuid4().hex}", heard, SystemClock(), Random(1))
    heard.present = counters.values
    task = asyncio.create_task(counters.run())
    yield heard, task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def address_of(broker: Mosquitto, user: str = "ingest") -> BrokerAddress:
    return BrokerAddress.from_environment({"MQTT_URL": broker.url(user, with_password=True)})


@pytest.mark.servers
async def test_a_queue_that_overflows_is_heard_of(make_mosquitto: MakeMosquitto) -> None:
    address = address_of(make_mosquitto(SMALL_QUEUE))
    options = SessionOptions(client_id="away", filters=("srepok/canary/away",), backoff=QUICK)
    async with running(address, options) as run:
        await run.session.close()
        await run.task
    async with listening(address) as (heard, _):
        await eventually(lambda: heard.values.get(DROPPED) == 0)
        await publish(address, options.filters[0], [b"x" * 100] * 12)
        await eventually(lambda: heard.values.get(DROPPED) == 7)
        await eventually(lambda: heard.values.get(KEPT, 0) >= 5)
        await eventually(lambda: heard.values.get(KEPT_BYTES, 0) >= 500)
        # What waits is what is kept and not retained.
        await eventually(lambda: heard.present.get(KEPT, 0) - heard.present.get(RETAINED, 0) == 5)


@pytest.mark.servers
async def test_the_present_count_is_heard_at_once_after_a_reconnect(
    make_mosquitto: MakeMosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters_module, "_BACKOFF", QUICK)
    broker = make_mosquitto(SMALL_QUEUE)
    address = address_of(broker)
    async with listening(address) as (heard, _):
        await eventually(lambda: DROPPED in heard.values)
        await asyncio.to_thread(broker.stop)
        await eventually(lambda: not heard.present)
        heard.values.clear()
        await asyncio.to_thread(broker.start)
        await eventually(lambda: DROPPED in heard.values)
        assert heard.present[DROPPED] == 0


@pytest.mark.servers
async def test_a_broker_that_shows_no_counters_disturbs_nothing(
    broker_address_of: Callable[[str], BrokerAddress],
) -> None:
    # The gateway's user may not read $SYS: the subscription is granted, and nothing comes.
    gateway = broker_address_of("gateway")
    async with listening(gateway) as (heard, task):
        async with connected(gateway, f"other-{uuid4().hex}"):
            assert not task.done()
        assert heard.values == {}


async def test_a_broker_that_refuses_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    said = log_of(counters_module, monkeypatch)

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"\x20\x03\x00\x00\x00")
        subscribe = await reader.read(1000)
        packet_id = subscribe[2:4] if subscribe[1] < 0x80 else subscribe[3:5]
        writer.write(b"\x90\x07" + packet_id + b"\x00\x87\x87\x87\x87")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    address = BrokerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    async with listening(address) as (heard, task):
        await asyncio.wait_for(task, DEADLINE)
    assert heard.values == {}
    (line,) = said
    assert line["event"] == "the broker does not show us its counters"
    assert "Not authorized" in line["reason"]
    server.close()
    await server.wait_closed()


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 23, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


def test_a_growing_count_is_said_once_and_again_after_a_quiet_hour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = log_of(counters_module, monkeypatch)
    clock = SetClock()
    alarm = DropAlarm(clock)
    for dropped, later, lines in (
        (0, timedelta(0), 0),
        (7, timedelta(seconds=10), 1),
        (9, timedelta(minutes=59), 1),
        (9, timedelta(minutes=59), 1),
        (12, timedelta(minutes=59), 2),
        # The broker was started anew.
        (0, timedelta(hours=2), 2),
        (3, timedelta(minutes=1), 3),
    ):
        clock.time += later
        alarm.note(dropped)
        assert len(said) == lines, (dropped, later)
    assert [line["dropped_since_its_start"] for line in said] == [7, 12, 3]
