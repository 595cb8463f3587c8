"""A publisher against a real broker: presence, confirmations, cut and silent networks."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random

import pytest
import structlog.testing
import trustme
from pydantic import SecretStr

from province.topics import Channel
from runtime.backoff import BackoffPolicy
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from simulators.connection import ConnectionOptions, ProtocolVersion
from simulators.outgoing import Outgoing, ReportKey
from simulators.presence import Presence
from simulators.publisher import Publisher, PublisherOptions, Surroundings
from simulators.tally import Tally
from tests.proxy import FaultProxy
from tests.simulators.listener import Listener, listening
from tests.simulators.make import make_inventory
from tests.waiting import eventually

pytestmark = pytest.mark.servers

QUICK = BackoffPolicy(first=timedelta(milliseconds=10), cap=timedelta(milliseconds=200))


def quick(protocol: ProtocolVersion = "5", keepalive: float = 30) -> PublisherOptions:
    connection = ConnectionOptions(protocol, timedelta(seconds=keepalive))
    return PublisherOptions(connection, backoff=QUICK)


@dataclass
class Running:
    """One publisher and what it does."""

    publisher: Publisher
    tally: Tally
    heard: Listener
    task: asyncio.Task[None]
    topic: str
    device: str
    produced: int = 0

    def say(self, count: int) -> None:
        for _ in range(count):
            self.produced += 1
            key = ReportKey(self.device, "2026-11-23T05:00:00.000Z", 9, self.produced)
            body = {"observed_at": key.observed_at, "boot_id": 9, "seq": key.seq, "values": {}}
            text = json.dumps(body)
            self.publisher.send(Outgoing(self.topic, Channel.TELEMETRY, key, text))

    async def connected(self, times: int) -> None:
        await eventually(lambda: self.tally.connects == times)

    def seqs(self) -> set[int]:
        return {body["seq"] for body in self.heard.of(Channel.TELEMETRY, self.device)}


@contextlib.asynccontextmanager
async def publishing(
    broker: BrokerAddress, way: BrokerAddress, options: PublisherOptions
) -> AsyncIterator[Running]:
    inventory = make_inventory()
    device = inventory.devices[0]
    tally = Tally()
    around = Surroundings(asyncio.Semaphore(1), None, SystemClock(), tally, lambda _: None)
    status = str(inventory.topic(device, Channel.STATUS))
    publisher = Publisher(Presence(device.code, status, 9), way, options, around, Random(1))
    async with listening(broker, device.commune) as heard:
        task = asyncio.create_task(publisher.run())
        topic = str(inventory.topic(device, Channel.TELEMETRY))
        try:
            yield Running(publisher, tally, heard, task, topic, device.code)
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


def through(proxy: FaultProxy, address: BrokerAddress) -> BrokerAddress:
    return replace(address, host="127.0.0.1", port=proxy.port)


async def test_a_device_that_vanishes_leaves_its_will(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    async with publishing(broker_address, fleet_address, quick()) as run:
        await run.heard.hear(lambda: len(run.heard.of(Channel.STATUS)) == 1)
        run.task.cancel()
        await run.heard.hear(lambda: len(run.heard.of(Channel.STATUS)) == 2)
        online, will = run.heard.of(Channel.STATUS)
        assert online["state"] == "online"
        assert will == {"state": "offline", "boot_id": 9, "connection": 1, "reason": "will"}


async def test_nothing_is_lost_when_the_network_is_cut_again_and_again(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    async with FaultProxy(fleet_address.host, fleet_address.port) as proxy:
        way = through(proxy, fleet_address)
        async with publishing(broker_address, way, quick()) as run:
            for turn in range(1, 6):
                await run.connected(turn)
                run.say(20)
                await asyncio.sleep(0)
                proxy.cut()
            await eventually(lambda: run.publisher.backlog == 0)
            await run.heard.hear(lambda: run.seqs() == set(range(1, 101)))
            assert run.tally.confirmed == 100
            connections = [status["connection"] for status in run.heard.of(Channel.STATUS)]
            assert max(connections) >= 5


async def test_what_is_said_offline_comes_later_as_backfill(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    async with FaultProxy(fleet_address.host, fleet_address.port) as proxy:
        way = through(proxy, fleet_address)
        async with publishing(broker_address, way, quick()) as run:
            await eventually(lambda: run.publisher.connected)
            run.say(1)
            await run.heard.hear(lambda: run.seqs() == {1})
            proxy.hold()
            proxy.cut()
            await eventually(lambda: not run.publisher.connected)
            run.say(2)
            proxy.flow()
            await run.heard.hear(lambda: run.seqs() == {1, 2, 3})
            late = {body["seq"]: body.get("backfill") for body in run.heard.of(Channel.TELEMETRY)}
            assert late == {1: None, 2: True, 3: True}


async def test_a_full_buffer_drops_the_oldest_and_counts_it(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    options = replace(quick(), buffer=5)
    nowhere = replace(fleet_address, host="127.0.0.1", port=9)
    async with publishing(broker_address, nowhere, options) as run:
        run.say(12)
        assert run.publisher.backlog == 5
        assert run.tally.dropped == 7


async def test_a_silent_network_is_noticed_by_the_keepalive(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    async with FaultProxy(fleet_address.host, fleet_address.port) as proxy:
        way = through(proxy, fleet_address)
        async with publishing(broker_address, way, quick(keepalive=1)) as run:
            await eventually(lambda: run.publisher.connected)
            proxy.hold()
            run.say(1)
            await eventually(lambda: not run.publisher.connected)
            proxy.flow()
            await run.heard.hear(lambda: run.seqs() == {1})


async def test_a_device_publishes_over_tls(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    # Many PUBACKs in one record: those that were decrypted together must all be seen.
    async with FaultProxy(
        fleet_address.host, fleet_address.port, tls=server, coalesce_bytes=1000
    ) as proxy:
        way = replace(through(proxy, fleet_address), tls=client)
        options = replace(quick(), window=500, buffer=1000)
        async with publishing(broker_address, way, options) as run:
            await run.connected(1)
            run.say(500)
            await eventually(lambda: run.tally.confirmed == 500)
            assert run.tally.sent == 500


async def test_a_refusal_is_said_once_and_counted(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    wrong = replace(fleet_address, password=SecretStr("not-the-password"))
    with structlog.testing.capture_logs() as said:
        async with publishing(broker_address, wrong, quick()) as run:
            await eventually(lambda: run.tally.refused_connects >= 3)
    warnings = [line for line in said if line["log_level"] == "warning"]
    assert [line["event"] for line in warnings] == ["cannot connect, trying on"]
    assert "not-the-password" not in str(warnings)


async def test_a_frozen_device_is_missed_by_the_broker_and_comes_back_with_its_backlog(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    async with publishing(broker_address, fleet_address, quick(keepalive=1)) as run:
        await run.connected(1)
        run.say(1)
        await run.heard.hear(lambda: run.seqs() == {1})
        run.publisher.freeze()
        run.say(2)
        # A busy machine may have been missed before, but whoever is frozen does not come back.
        await run.heard.hear(lambda: run.heard.of(Channel.STATUS)[-1]["reason"] == "will")
        assert run.seqs() == {1}
        run.publisher.thaw()
        await run.heard.hear(lambda: run.seqs() == {1, 2, 3})
        late = {body["seq"]: body.get("backfill") for body in run.heard.of(Channel.TELEMETRY)}
        assert late == {1: None, 2: True, 3: True}


async def test_a_short_freeze_is_ridden_out_on_the_same_connection(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    async with publishing(broker_address, fleet_address, quick()) as run:
        await run.connected(1)
        run.publisher.freeze()
        run.say(2)
        run.publisher.thaw()
        await run.heard.hear(lambda: run.seqs() == {1, 2})
        assert run.tally.connects == 1
        assert not any(body.get("backfill") for body in run.heard.of(Channel.TELEMETRY))


async def test_a_device_frozen_from_the_start_does_not_connect(
    broker_address: BrokerAddress, fleet_address: BrokerAddress
) -> None:
    async with publishing(broker_address, fleet_address, quick()) as run:
        run.publisher.freeze()
        run.say(1)
        await asyncio.sleep(0)
        assert run.tally.connects == 0
        run.publisher.forget()
        run.publisher.thaw()
        await run.connected(1)
        assert run.publisher.backlog == 0
