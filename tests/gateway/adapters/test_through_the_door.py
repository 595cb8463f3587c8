"""A body as ChirpStack posts it, through the gateway to the broker."""

import json
from datetime import UTC, datetime

import aiohttp
import pytest

from gateway.adapters.loading import load_adapters
from province.devices import DeviceKind
from province.instants import format_instant
from tests.gateway.gateway_world import GatewayWorld, serving

pytestmark = pytest.mark.servers


async def test_an_uplink_posted_twice_is_the_same_report_of_the_device(
    gateway: GatewayWorld,
) -> None:
    sensor = gateway.device(DeviceKind.SENSOR, 4)
    observed_at = format_instant(datetime.now(UTC))
    body = {
        "deduplicationId": "57433366-50a6-4dc2-8145-2df1bbc70d9e",
        "time": observed_at,
        "deviceInfo": {"devEui": sensor.code},
        "devAddr": "000000ff",
        "fCnt": 7,
        "fPort": 1,
        "data": "AQDiAik=",
        "odd": 1,
    }
    headers = await gateway.as_token(grants=["adapter:chirpstack"])
    path = "/in/chirpstack?event=up&decoder=elsys-ers2-co2"
    broker = gateway.broker_address_of("gateway")
    async with (
        serving(broker, gateway.login, adapters=load_adapters()) as running,
        aiohttp.ClientSession(running.url) as client,
        gateway.heard(gateway.topic(sensor)) as heard,
    ):
        await running.ready()
        for times in (1, 2):
            async with client.post(path, json=body, headers=headers) as answer:
                told = await answer.json()
            assert (answer.status, told["accepted"]) == (202, 1)
            assert [one["reason"] for one in told["refused"]] == ["unknown_field"]
            await heard.reach(times)
    first, again = (json.loads(message.payload) for message in (heard[0], heard[1]))
    assert first == again
    assert first == {
        "observed_at": observed_at,
        "boot_id": 255,
        "seq": 7,
        "values": {"air_temperature_c": 22.6, "humidity_percent": 41},
    }
    letters = "SELECT detail, occurrences FROM dead_letters WHERE device_code = %s"
    assert await gateway.rows(letters, sensor.code) == [("odd (1)", 2)]
