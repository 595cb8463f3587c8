"""The listener: foreign devices over MQTT, on a broker of their own, none of them forgotten."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from pydantic import SecretStr

from deploy.mosquitto import Mosquitto
from gateway.door.kept import Wanted, find, replay
from gateway.door.keys import FOREIGN
from gateway.settings import GatewaySettings
from province.devices import DeviceKind
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from runtime.database.connection import connect
from tests.gateway.door.test_webhooks import reading
from tests.gateway.gateway_world import GatewayWorld, Serving, serving, settings_of
from tests.inbox import Inbox
from tests.servers import MakeMosquitto
from tests.waiting import eventually, eventually_true

pytestmark = pytest.mark.servers

_USER = "foreign-devices"


@pytest.fixture
def foreign_broker(make_mosquitto: MakeMosquitto) -> Mosquitto:
    """A broker whose one user may do anything."""
    broker = make_mosquitto()
    with (broker.directory / "acl").open("a") as file:
        file.write(f"user {_USER}\ntopic readwrite #\n")
    broker.set_users({_USER: "word"})
    return broker


def url_of(broker: Mosquitto) -> str:
    return f"mqtt://{_USER}:word@127.0.0.1:{broker.port}"


@asynccontextmanager
async def device(broker: Mosquitto) -> AsyncIterator[tuple[Connection, Inbox]]:
    inbox = Inbox()
    address = BrokerAddress.from_environment({"MQTT_URL": url_of(broker)})
    options = SessionOptions(f"device-{uuid4().hex}", session_expiry=timedelta(0))
    connection = Connection(1, address, options, inbox, SystemClock(), clean_start=True)
    await connection.open()
    yield connection, inbox
    await connection.close()


@asynccontextmanager
async def listening(gateway: GatewayWorld, settings: GatewaySettings) -> AsyncIterator[Serving]:
    async with serving(gateway.broker_address_of("gateway"), gateway.login, settings) as running:
        await running.ready()
        yield running


async def test_what_comes_while_the_gateway_is_away_is_passed_on_later(
    gateway: GatewayWorld, foreign_broker: Mosquitto
) -> None:
    sensor = gateway.device(DeviceKind.SENSOR, 4)
    settings = settings_of(foreign_mqtt_url=SecretStr(url_of(foreign_broker)))
    sent = [reading(sensor.code, seq, pm2_5_ugm3=seq) for seq in range(4)]
    async with (
        gateway.heard(gateway.topic(sensor)) as inbox,
        device(foreign_broker) as (publisher, replies),
    ):
        await publisher.subscribe(["foreign/reply"])

        async def publish(body: object) -> None:
            await publisher.publish("foreign/test/any/where", json.dumps(body).encode())

        async with listening(gateway, settings):
            await publish(sent[0] | {"reply": "once more, please"})
            await inbox.reach(1)
            await replies.reach(1)
        await publish(sent[1])
        async with listening(gateway, settings) as running:
            await publish([sent[2], {"refuse": "field 'y' is not mapped"}])
            await publish(sent[3])
            await inbox.reach(4)
            await eventually(lambda: running.metric("foreign_messages_total") == 3)
            await eventually(lambda: running.metric("foreign_in_flight") == 0)
            assert running.metric("foreign_letters_total", reason="unknown_field") == 1
    assert [json.loads(each.payload) for each in inbox] == [each["record"] for each in sent]
    rows = await gateway.rows(
        "SELECT detail FROM dead_letters WHERE topic = 'foreign/test/any/where'"
    )
    assert rows == [("field 'y' is not mapped",)]


@asynccontextmanager
async def denying(broker: Mosquitto, denied: str) -> AsyncIterator[None]:
    """Have the broker refuse what is published on one topic while inside."""
    acl = broker.directory / "acl"
    before = acl.read_text()
    acl.write_text(f"user gateway\ntopic deny {denied}\n{before}")
    broker.reload()
    try:
        yield
    finally:
        acl.write_text(before)
        broker.reload()


async def test_what_the_broker_refuses_is_a_letter_and_keeps_nothing_back(
    gateway: GatewayWorld, foreign_broker: Mosquitto
) -> None:
    """It is the broker of Srepok's own topics too, here."""
    denied, good = (gateway.device(DeviceKind.SENSOR, number) for number in (2, 3))
    address = BrokerAddress.from_environment(
        {"MQTT_URL": foreign_broker.url("gateway", with_password=True)}
    )
    settings = settings_of(foreign_mqtt_url=SecretStr(url_of(foreign_broker)))
    where = f"foreign/test/{uuid4().hex}"
    sent = [reading(each.code, 1, pm2_5_ugm3=1) for each in (denied, good)]
    async with (
        device(foreign_broker) as (publisher, heard),
        serving(address, gateway.login, settings) as running,
    ):
        await running.ready()
        await publisher.subscribe([gateway.topic(each) for each in (denied, good)])
        async with denying(foreign_broker, gateway.topic(denied)):
            await publisher.publish(where, json.dumps(sent).encode())
            await publisher.publish(where, json.dumps([sent[1]]).encode())
            await heard.reach(2)
            await eventually(lambda: running.metric("foreign_messages_total") == 2)
            await eventually(lambda: running.metric("foreign_in_flight") == 0)
            assert running.metric("foreign_records_total") == 2
            assert running.metric("foreign_letters_total", reason="not_published") == 1
            async with await connect(gateway.owner, "tests") as connection:
                (letter,) = [
                    each for each in await find(connection, Wanted("test")) if each.topic == where
                ]
                assert letter.detail.startswith(f"{gateway.topic(denied)}: refused by ")
                assert letter.detail.endswith(": Not authorized")
                foreign, now = running.service.app[FOREIGN], datetime.now(UTC)
                assert await replay(connection, foreign, letter, now) == (
                    *(False, f"not_published: {letter.detail}"),
                )
        async with await connect(gateway.owner, "tests") as connection:
            accepted, _ = await replay(connection, foreign, letter, now)
            assert accepted
            letters = await find(connection, Wanted("test"))
        assert [each.reason for each in letters if each.topic == where] == ["not_published"]
        await heard.reach(5)
    assert {json.loads(each.payload)["seq"] for each in heard} == {1}


async def test_while_the_database_is_away_what_is_refused_stays_with_the_broker(
    gateway: GatewayWorld, foreign_broker: Mosquitto
) -> None:
    settings = settings_of(foreign_mqtt_url=SecretStr(url_of(foreign_broker)))
    where = f"foreign/test/{uuid4().hex}"
    refused = json.dumps({"refuse": "field 'z' is not mapped"}).encode()

    async def letters() -> list[tuple[object, ...]]:
        return await gateway.rows("SELECT occurrences FROM dead_letters WHERE topic = %s", where)

    async with device(foreign_broker) as (publisher, _):
        async with await connect(gateway.owner, "tests") as owner, owner.transaction():
            await owner.execute("LOCK TABLE dead_letters IN EXCLUSIVE MODE")
            async with listening(gateway, settings) as running:
                await publisher.publish(where, refused)
                await eventually(lambda: running.metric("foreign_in_flight") == 1)
        assert await letters() == []
    async with listening(gateway, settings) as running:

        async def kept() -> bool:
            return await letters() == [(1,)]

        await eventually_true(kept)
        await eventually(lambda: running.metric("foreign_in_flight") == 0)
