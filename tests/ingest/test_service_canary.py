"""The canary against real brokers: good ones, ones that break their word, ones that are away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from deploy.mosquitto import Mosquitto
from ingest import canary as canary_module
from ingest.canary import Canary, CanaryError, check_session_is_kept
from ingest.instruments import Instruments
from runtime.backoff import BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerUnreachableError
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.proxy import FaultProxy
from tests.runtime.broker.sessions import Observed
from tests.runtime.logged import log_of
from tests.servers import MakeMosquitto
from tests.waiting import DEADLINE, eventually

pytestmark = pytest.mark.servers

QUICK = BackoffPolicy(first=timedelta(milliseconds=10), cap=timedelta(milliseconds=50))
WRITE_ONLY = "user ingest\ntopic write srepok/canary/#\n"
READ_ONLY = "user ingest\ntopic read srepok/canary/#\n"
GOOD = "user ingest\ntopic readwrite srepok/canary/#\n"


@pytest.fixture
def options() -> SessionOptions:
    return SessionOptions(
        client_id=f"session-{uuid4().hex}", connect_timeout=timedelta(seconds=2), backoff=QUICK
    )


def grant(broker: Mosquitto, access: str) -> BrokerAddress:
    """Have the broker obey this access list."""
    (broker.log.parent / "acl").write_text(access)
    broker.reload()
    return BrokerAddress.from_environment({"MQTT_URL": broker.url("ingest", with_password=True)})


async def check(address: BrokerAddress, options: SessionOptions) -> None:
    await check_session_is_kept(address, options, SystemClock(), uuid4().hex)


class ForgetfulProxy(FaultProxy):
    """Makes of any broker one that keeps no session: the wish for one never reaches it."""

    async def _plain(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        five_minutes, nothing = b"\x11\x00\x00\x01\x2c", b"\x11\x00\x00\x00\x00"
        async for chunk in super()._plain(reader):
            yield chunk.replace(five_minutes, nothing)


@contextlib.asynccontextmanager
async def watching(
    address: BrokerAddress, through: BrokerAddress, options: SessionOptions
) -> AsyncIterator[tuple[Instruments, BrokerSession, asyncio.Task[None]]]:
    """Run a canary `through` one address beside a session at another."""
    instruments = Instruments(CollectorRegistry())
    session = BrokerSession(address, options, Inbox(), Observed(), SystemClock(), Random(1))
    canary = Canary(through, options, session, instruments, SystemClock(), Random(1))
    tasks = [asyncio.create_task(session.run()), asyncio.create_task(canary.run())]
    yield instruments, session, tasks[1]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def kept(instruments: Instruments) -> float:
    return float(instruments.session_kept._value.get())


async def test_a_broker_that_keeps_sessions_passes(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    await check(broker_address, options)


async def test_an_access_list_that_delivers_nothing_is_found(
    make_mosquitto: MakeMosquitto, options: SessionOptions
) -> None:
    address = grant(make_mosquitto(), WRITE_ONLY)
    with pytest.raises(CanaryError, match=r"delivered nothing on .* access list for user 'ingest'"):
        await check(address, options)


async def test_a_session_that_ends_at_once_is_found(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    async with ForgetfulProxy(broker_address.host, broker_address.port) as proxy:
        through = replace(broker_address, host="127.0.0.1", port=proxy.port)
        with pytest.raises(CanaryError, match=r"forgot session .* as soon as it left"):
            await check(through, options)


async def test_a_refused_publish_is_found(
    make_mosquitto: MakeMosquitto, options: SessionOptions
) -> None:
    address = grant(make_mosquitto(), READ_ONLY)
    with pytest.raises(CanaryError, match=r"refused by .* Not authorized: look at .* access list"):
        await check(address, options)


async def test_a_broker_that_is_away_is_not_one_that_breaks_its_word(
    options: SessionOptions,
) -> None:
    with pytest.raises(BrokerUnreachableError):
        await check(BrokerAddress("127.0.0.1", 1), options)


async def test_a_connection_cut_while_waiting_proves_nothing(
    make_mosquitto: MakeMosquitto, options: SessionOptions
) -> None:
    address = grant(make_mosquitto(), WRITE_ONLY)
    async with FaultProxy(address.host, address.port) as proxy:
        through = replace(address, host="127.0.0.1", port=proxy.port)
        checking = asyncio.create_task(check(through, options))
        # Leave, send, come back: the third connection waits for what is never delivered.
        await eventually(lambda: proxy.accepted == 3)
        proxy.hold()
        proxy.cut()
        with pytest.raises(BrokerUnreachableError):
            await checking


async def test_a_canary_that_cannot_connect_says_so_once_and_tries_on(
    broker_address: BrokerAddress, options: SessionOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary_module, "_BACKOFF", QUICK)
    said = log_of(canary_module, monkeypatch)
    async with FaultProxy(broker_address.host, broker_address.port) as proxy:
        through = replace(broker_address, host="127.0.0.1", port=proxy.port)
        proxy.cut_after_bytes = 1
        async with watching(broker_address, through, options) as (instruments, _, task):
            await eventually(lambda: proxy.accepted >= 4)
            assert kept(instruments) != 0
            proxy.cut_after_bytes = None
            await asyncio.wait_for(task, DEADLINE)
            assert kept(instruments) == 1
    assert [line["event"] for line in said] == [
        "cannot see yet whether the broker keeps sessions",
        "broker keeps sessions",
    ]


async def test_a_broker_that_was_mended_is_believed_when_it_comes_back(
    make_mosquitto: MakeMosquitto, options: SessionOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = log_of(canary_module, monkeypatch)
    broker = make_mosquitto()
    address = grant(broker, READ_ONLY)
    async with watching(address, address, options) as (instruments, session, task):
        await eventually(lambda: kept(instruments) == 0)
        grant(broker, GOOD)
        session.drop("test")
        await asyncio.wait_for(task, DEADLINE)
        assert kept(instruments) == 1
    assert [(line["log_level"], line["event"]) for line in said] == [
        ("error", "broker does not keep sessions"),
        ("info", "broker keeps sessions"),
    ]
