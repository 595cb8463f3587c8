"""Webhooks: what other systems post is on the broker, or a dead letter, when they are told so."""

import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from gateway.adapters.loading import load_adapters
from gateway.door.kept import Wanted, find, replay
from gateway.door.keys import FOREIGN
from province.devices import Device, DeviceKind
from province.instants import format_instant
from province.topics import Channel
from runtime.database.connection import connect
from tests.gateway.gateway_world import GatewayWorld, serving, settings_of

pytestmark = pytest.mark.servers

LETTERS = """
    SELECT topic, payload, content_type, reason, detail, device_code, occurrences
    FROM dead_letters WHERE adapter = 'test' AND topic LIKE %s ORDER BY dead_letter_id
"""


def reading(name: str, seq: int = 0, **values: object) -> dict[str, Any]:
    observed_at = format_instant(datetime.now(UTC))
    record = {"observed_at": observed_at, "boot_id": 0, "seq": seq, "values": values}
    return {"id": name, "record": record}


def event(seq: int = 0) -> dict[str, Any]:
    observed_at = format_instant(datetime.now(UTC))
    return {"observed_at": observed_at, "boot_id": 0, "seq": seq, "event": "dying_gasp"}


def alias_of(device: Device) -> str:
    """Return a name that is not the device's code."""
    return device.aliases[1].removeprefix("test:")


async def post(
    gateway: GatewayWorld, body: object, path: str = "/in/test"
) -> tuple[int, dict[str, Any]]:
    token = await gateway.as_token(grants=["adapter:test"])
    headers = {"Content-Type": "application/json"} | token
    async with gateway.client.post(path, data=json.dumps(body), headers=headers) as answer:
        return answer.status, await answer.json(content_type=None)


async def test_readings_are_published_as_the_devices_own(gateway: GatewayWorld) -> None:
    first, second = (gateway.device(DeviceKind.SENSOR, number) for number in (2, 3))
    probe = gateway.device(DeviceKind.LINK_PROBE)
    gasp = event()
    body = [
        reading(alias_of(first), 1, pm2_5_ugm3=1),
        reading(second.code, 1, pm2_5_ugm3=2),
        reading(alias_of(first), 2, pm2_5_ugm3=3),
        {"id": probe.code, "channel": "event", "record": gasp},
    ]
    async with (
        gateway.heard(gateway.topic(first)) as ones,
        gateway.heard(gateway.topic(second)) as twos,
        gateway.heard(gateway.topic(probe, Channel.EVENT)) as events,
    ):
        answer = await post(gateway, body)
        await ones.reach(1)
        await twos.reach(1)
        await events.reach(1)
    assert answer == (202, {"accepted": 4, "ignored": 0, "refused": []})
    assert json.loads(ones[0].payload) == [body[0]["record"], body[2]["record"]]
    assert json.loads(twos[0].payload) == body[1]["record"]
    assert json.loads(events[0].payload) == gasp


async def test_a_name_without_an_alias_speaks_for_no_device(gateway: GatewayWorld) -> None:
    sensor = gateway.device(DeviceKind.SENSOR, 2)
    headers = await gateway.as_token(grants=["adapter:lwm2m"])
    broker = gateway.broker_address_of("gateway")
    async with (
        serving(broker, gateway.login, adapters=load_adapters()) as running,
        aiohttp.ClientSession(running.url, headers=headers) as client,
    ):
        await running.ready()
        body = [{"n": "/3303/0/5700", "u": "Cel", "v": 21}]
        async with client.post(f"/in/lwm2m/{sensor.code}", json=body) as answer:
            told = await answer.json()
    assert (told["accepted"], told["refused"][0]["reason"]) == (0, "unknown_device")
    assert f"lwm2m:{sensor.code}: no device" in told["refused"][0]["detail"]


async def test_what_is_refused_is_a_dead_letter_before_the_answer(gateway: GatewayWorld) -> None:
    sensor = gateway.device(DeviceKind.SENSOR, 2)
    body = [
        reading("nobody", pm2_5_ugm3=1),
        reading(alias_of(sensor), pm2_5_ugm3=-1, pm10_ugm3=5),
        {"refuse": "field 'x' is not mapped"},
    ]
    for times in (1, 2):
        status, answer = await post(gateway, body, "/in/test/some/place?event=up")
        assert status == 202
        assert (answer["accepted"], len(answer["refused"])) == (1, 3)
        rows = await gateway.rows(LETTERS, "POST /in/test/some/place?event=up")
        assert [row[6] for row in rows] == [times] * 3
    assert {row[1:3] for row in rows} == {(json.dumps(body).encode(), "application/json")}
    found = {row[3]: row for row in rows}
    assert "test:nobody" in found["unknown_device"][4]
    assert found["out_of_range"][5] == sensor.code


async def test_a_letter_of_a_codec_is_the_message_and_its_good_part_is_no_news(
    gateway: GatewayWorld,
) -> None:
    sensor = gateway.device(DeviceKind.SENSOR, 2)
    # Without times, a sum that is no JSON, and a name that nobody knows.
    body = b'[{"bs":1e308, "n":"humidity","u":"%RH","v":81.5,"s":1e308},{"n":"odd","v":1.50,"s":0}]'
    where = f"/in/senml/{sensor.code}"
    headers = {"Content-Type": "application/senml+json"}
    headers |= await gateway.as_token(grants=["adapter:senml"])
    async with (
        serving(
            gateway.broker_address_of("gateway"), gateway.login, adapters=load_adapters()
        ) as running,
        aiohttp.ClientSession(running.url, headers=headers) as client,
        gateway.heard(gateway.topic(sensor)) as inbox,
    ):
        await running.ready()
        for times in (1, 2):
            async with client.post(where, data=body) as answer:
                assert (await answer.json())["accepted"] == 1
            async with await connect(gateway.owner, "tests") as connection:
                letters = await find(connection, Wanted("senml"))
            assert {(each.payload, each.occurrences) for each in letters} == {(body, times)}
        (unknown,) = (each for each in letters if each.reason == "unknown_field")
        async with await connect(gateway.owner, "tests") as connection:
            foreign, now = running.service.app[FOREIGN], datetime.now(UTC)
            accepted, outcome = await replay(connection, foreign, unknown, now)
        assert not accepted
        assert "'odd' is no metric here" in outcome
        await inbox.reach(3)
    assert inbox[2].payload == inbox[0].payload


async def test_many_records_leave_in_messages_that_ingest_takes(gateway: GatewayWorld) -> None:
    probe = gateway.device(DeviceKind.LINK_PROBE, 1)
    gasp = event() | {"detail": {"note": "x" * 70_000}}
    body = [reading(probe.code, seq, rtt_p50_ms=1.5) for seq in range(1_500)]
    async with gateway.heard(gateway.topic(probe)) as inbox:
        long = {"id": probe.code, "channel": "event", "record": gasp}
        status, answer = await post(gateway, [*body, long])
        assert (status, answer["accepted"]) == (202, 1_500)
        assert [each["reason"] for each in answer["refused"]] == ["oversize"]
        heard: list[Any] = []
        while len(heard) < len(body):
            await inbox.reach(1)
            message = inbox.pop(0)
            assert len(message.payload) <= 65_536
            heard += json.loads(message.payload)
    assert heard == [each["record"] for each in body]


async def test_a_bug_in_an_adapter_costs_no_message(gateway: GatewayWorld) -> None:
    status, answer = await post(gateway, {"crash": "oh"}, "/in/test/crash")
    assert (status, answer["refused"][0]["reason"]) == (202, "undecodable")
    ((_, payload, *_),) = await gateway.rows(LETTERS, "%/crash")
    assert json.loads(payload) == {"crash": "oh"}


async def test_a_record_that_cannot_be_sent_costs_no_message(gateway: GatewayWorld) -> None:
    probe = gateway.device(DeviceKind.LINK_PROBE, 1)
    body = {"id": probe.code, "channel": "event", "record": event() | {"detail": {"x": "\ud800"}}}
    status, answer = await post(gateway, body, "/in/test/unsendable")
    assert (status, answer["refused"][0]["reason"]) == (202, "undecodable")
    ((_, payload, *_),) = await gateway.rows(LETTERS, "%/unsendable")
    assert json.loads(payload) == body


async def test_one_message_becomes_more_than_may_wait_at_a_time(gateway: GatewayWorld) -> None:
    probe = gateway.device(DeviceKind.LINK_PROBE, 1)
    body = [{"id": probe.code, "channel": "event", "record": event(seq)} for seq in range(5)]
    broker, settings = gateway.broker_address_of("gateway"), settings_of(in_flight=2)
    async with (
        serving(broker, gateway.login, settings) as running,
        aiohttp.ClientSession(running.url) as client,
    ):
        await running.ready()
        token = await gateway.as_token(grants=["adapter:test"])
        async with client.post("/in/test", json=body, headers=token) as answer:
            assert (answer.status, (await answer.json())["accepted"]) == (202, 5)


async def test_only_who_was_granted_an_adapter_posts_to_it(gateway: GatewayWorld) -> None:
    async with gateway.client.post("/in/test", data=b"{}") as answer:
        assert answer.status == 401
    assert (await post(gateway, {}, "/in/other"))[0] == 403
