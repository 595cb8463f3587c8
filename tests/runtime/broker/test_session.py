"""The session against a real Mosquitto: epochs, redelivery, take-over, TLS."""

import asyncio
import socket
import ssl
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
import trustme

from runtime.broker import session as session_module
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import PublishError, SessionTakenOverError
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.proxy import FaultProxy
from tests.runtime.broker.sessions import QUICK, Observed, connected, publish, running
from tests.runtime.logged import log_of
from tests.waiting import DEADLINE, eventually

pytestmark = pytest.mark.servers


@pytest.fixture
def options() -> SessionOptions:
    name = f"session-{uuid4().hex}"
    return SessionOptions(
        client_id=name,
        filters=(f"srepok/canary/{name}",),
        session_expiry=timedelta(minutes=5),
        backoff=QUICK,
    )


def numbered(first: int, last: int) -> list[bytes]:
    return [str(number).encode() for number in range(first, last)]


async def test_what_was_not_acknowledged_comes_again_and_only_that(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    async with running(broker_address, options) as run:
        await publish(broker_address, options.filters[0], numbered(0, 5))
        await run.inbox.reach(5)
        assert run.session.acknowledge(run.inbox[:2]) == 0
        assert run.session.in_flight == 3
        await run.session.publish(options.filters[0], b"last")
        await run.inbox.reach(6)
        run.session.drop("test")
        await run.observed.connections(2)
        await run.inbox.reach(10)
        assert run.observed.present == [False, True]
        again = [message for message in run.inbox if message.epoch == 2]
        assert {message.payload for message in again} == {b"2", b"3", b"4", b"last"}


async def test_a_late_acknowledgement_of_an_old_connection_acknowledges_nothing_new(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    async with running(broker_address, options) as run:
        await publish(broker_address, options.filters[0], numbered(0, 5))
        await run.inbox.reach(5)
        old = list(run.inbox)
        # The broker loses the session, so that packet ids start over at 1.
        async with connected(broker_address, options.client_id):
            pass
    async with running(broker_address, options) as run:
        run.session._epoch = 1
        run.session.drop("next epoch")
        await run.observed.connections(2)
        await publish(broker_address, options.filters[0], numbered(5, 10))
        await run.inbox.reach(5)
        assert [message.packet_id for message in run.inbox[-5:]] == [
            message.packet_id for message in old
        ]
        assert run.session.acknowledge(old) == 5
        run.session.drop("test")
        await run.observed.connections(3)
        await run.inbox.reach(10)
        assert run.inbox.payloads()[-5:] == numbered(5, 10)


async def test_the_broker_sends_no_more_than_the_receive_maximum(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    async with running(broker_address, replace(options, receive_maximum=10)) as run:
        await publish(broker_address, options.filters[0], numbered(0, 30))
        await run.inbox.reach(10)
        for _ in range(2):
            held = run.session.in_flight
            assert held == 10
            taken = len(run.inbox)
            run.session.acknowledge(run.inbox[taken - 10 :])
            await run.inbox.reach(taken + 10)
        assert run.inbox.payloads() == numbered(0, 30)


async def test_messages_wait_for_a_session_that_is_away(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    async with running(broker_address, options) as run:
        await run.session.close()
        await run.task
    await publish(broker_address, options.filters[0], numbered(0, 100))
    async with running(broker_address, options) as run:
        assert run.observed.present == [True]
        await run.inbox.reach(100)
        assert run.inbox.payloads() == numbered(0, 100)


async def test_a_second_process_of_the_same_name_is_fatal_to_the_first(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    async with (
        running(broker_address, options) as first,
        running(broker_address, options) as second,
    ):
        with pytest.raises(SessionTakenOverError, match=options.client_id):
            await asyncio.wait_for(first.task, DEADLINE)
        assert second.session.connected.is_set()


async def test_publishing_without_a_connection_says_so(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    session = BrokerSession(broker_address, options, Inbox(), Observed(), SystemClock(), Random(1))
    with pytest.raises(PublishError, match="not connected to mqtt://"):
        await session.publish("t", b"")


async def test_a_wrong_password_is_said_once_and_tried_on(
    broker_address: BrokerAddress, options: SessionOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = log_of(session_module, monkeypatch)
    wrong = replace(broker_address, username="nobody", password=None)
    inbox, observed = Inbox(), Observed()
    session = BrokerSession(wrong, options, inbox, observed, SystemClock(), Random(1))
    task = asyncio.create_task(session.run())
    await eventually(lambda: session.epoch >= 4)
    task.cancel()
    assert observed.present == []
    (line,) = said
    assert line["event"] == "cannot connect to broker, trying on"
    assert line["reason"] == f"{wrong}: Not authorized"


async def test_a_port_that_never_answers_does_not_hold_up_the_loop(
    options: SessionOptions,
) -> None:
    # The kernel accepts for it; nobody ever reads.
    silent = socket.create_server(("127.0.0.1", 0))
    port = silent.getsockname()[1]
    context = ssl.create_default_context()
    address = BrokerAddress("127.0.0.1", port, tls=context)
    session = BrokerSession(
        address,
        replace(options, connect_timeout=timedelta(seconds=2)),
        Inbox(),
        Observed(),
        SystemClock(),
        Random(1),
    )
    task = asyncio.create_task(session.run())
    turns = await eventually(lambda: session.epoch >= 2)
    task.cancel()
    silent.close()
    # A blocked loop would have turned a handful of times, a free one does some two hundred.
    assert turns > 10


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


def server_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
    return context


def client_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


async def test_tls_with_many_packets_in_a_record_does_not_stall(
    broker_address: BrokerAddress, options: SessionOptions, authority: trustme.CA
) -> None:
    count = 3000
    async with FaultProxy(
        broker_address.host,
        broker_address.port,
        tls=server_context(authority),
        coalesce_bytes=16_000,
    ) as proxy:
        through = replace(
            broker_address, host="127.0.0.1", port=proxy.port, tls=client_context(authority)
        )
        async with running(through, options) as run:
            await publish(broker_address, options.filters[0], numbered(0, count))
            await run.inbox.reach(count)
            assert run.inbox.payloads() == numbered(0, count)


async def test_a_certificate_of_a_stranger_is_refused(
    broker_address: BrokerAddress, options: SessionOptions, authority: trustme.CA
) -> None:
    async with FaultProxy(
        broker_address.host, broker_address.port, tls=server_context(trustme.CA())
    ) as proxy:
        through = replace(
            broker_address, host="127.0.0.1", port=proxy.port, tls=client_context(authority)
        )
        inbox, observed = Inbox(), Observed()
        session = BrokerSession(through, options, inbox, observed, SystemClock(), Random(1))
        task = asyncio.create_task(session.run())
        await eventually(lambda: session.epoch >= 2)
        task.cancel()
    assert observed.present == []


async def test_a_half_open_connection_is_noticed_and_replaced(
    broker_address: BrokerAddress, options: SessionOptions
) -> None:
    async with FaultProxy(broker_address.host, broker_address.port) as proxy:
        through = replace(broker_address, host="127.0.0.1", port=proxy.port)
        short = replace(options, keepalive=timedelta(seconds=1))
        async with running(through, short) as run:
            proxy.hold()
            await eventually(lambda: bool(run.observed.reasons))
            proxy.cut()
            proxy.flow()
            await run.observed.connections(2)
        assert "connection lost" in run.observed.reasons[0]
