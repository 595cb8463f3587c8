"""From a network server's webhook to rows in the database, through the real ingest."""

import asyncio
import json
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from gateway.adapters.loading import load_adapters
from province.devices import Device, DeviceKind
from province.instants import format_instant
from province.metrics import catalogue
from runtime.database.connection import connect
from runtime.database.inventory import import_inventory
from tests.gateway.gateway_world import PASSWORD, GatewayWorld, serving
from tests.ingest.serving import serving as serving_ingest
from tests.ingest.serving import settings_of as ingest_settings
from tests.waiting import eventually, eventually_true

pytestmark = pytest.mark.servers

DEV_EUI = "24e124710b1c0001"
LETTER = "SELECT dead_letter_id FROM dead_letters WHERE payload = %s"
STORED = """
    SELECT metric, value FROM sensor_readings
    JOIN metrics USING (metric_id) JOIN devices USING (device_id)
    WHERE device_code = %s AND observed_at = %s ORDER BY metric
"""


def uplink(observed_at: str) -> dict[str, Any]:
    """Return what ChirpStack posts of an uplink of an air sensor."""
    return {
        "deduplicationId": "57433366-50a6-4dc2-8145-2df1bbc70d9e",
        "time": observed_at,
        "deviceInfo": {
            "tenantName": "Srepok",
            "applicationName": "air",
            "deviceProfileName": "AM319",
            "deviceName": "Air, Buôn A",
            "devEui": DEV_EUI,
            "tags": {"decoder": "milesight-am319"},
        },
        "devAddr": "20000001",
        "adr": True,
        "dr": 5,
        "fCnt": 4,
        "fPort": 85,
        "confirmed": False,
        "data": "AXVVA2fuAARofA==",
        "rxInfo": [{"gatewayId": "6a7e111a10000000", "rssi": -35, "snr": 11.5}],
    }


async def name_device(gateway: GatewayWorld, device: Device) -> None:
    """Import an inventory in which the device has its name in ChirpStack."""
    named = device.model_copy(update={"aliases": (*device.aliases, f"chirpstack:{DEV_EUI}")})
    devices = tuple(named if each is device else each for each in gateway.inventory.devices)
    async with await connect(gateway.owner, "tests") as connection:
        await import_inventory(
            connection,
            replace(gateway.inventory, devices=devices),
            catalogue().values(),
            source="named",
            now=datetime.now(UTC),
        )


async def call_gateway(gateway: GatewayWorld, *arguments: str) -> str:
    """Run a command of the gateway; return what it said."""
    broker = gateway.broker_address_of("gateway")
    assert broker.password is not None
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "gateway", *arguments),
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": f"{gateway.login}".replace("@", f":{PASSWORD.get_secret_value()}@", 1),
            "MQTT_URL": f"{broker}".replace("@", f":{broker.password.get_secret_value()}@", 1),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complaint = await process.communicate()
    assert process.returncode == 0, said + complaint
    return said.decode()


async def test_a_chirpstack_webhook_becomes_rows_once(gateway: GatewayWorld) -> None:
    device = gateway.device(DeviceKind.SENSOR, 5)
    observed_at = format_instant(datetime.now(UTC))
    body = json.dumps(uplink(observed_at)).encode()
    headers = await gateway.as_token(grants=["adapter:chirpstack"])
    settings = ingest_settings(communes=device.commune)

    async def stored() -> list[tuple[Any, ...]]:
        return await gateway.rows(STORED, device.code, observed_at)

    async with (
        serving_ingest(gateway.broker_address_of("ingest"), gateway.owner, settings) as ingest,
        serving(
            gateway.broker_address_of("gateway"), gateway.login, adapters=load_adapters()
        ) as running,
        aiohttp.ClientSession(running.url, headers=headers) as network_server,
    ):
        await running.ready()
        await eventually(lambda: not ingest.service.missing())

        async def post() -> dict[str, Any]:
            async with network_server.post("/in/chirpstack?event=up", data=body) as answer:
                assert answer.status == 202
                found: dict[str, Any] = await answer.json()
                return found

        stranger = await post()
        assert (stranger["accepted"], stranger["refused"][0]["reason"]) == (0, "unknown_device")
        await name_device(gateway, device)
        ((number,),) = await gateway.rows(LETTER, body)
        said = await call_gateway(gateway, "letters", "replay", "--id", str(number))
        assert "accepted: published 1" in said

        async def all_stored() -> bool:
            return len(await stored()) == 6

        await eventually_true(all_stored)
        first = await stored()
        for _ in range(2):
            assert (await post())["accepted"] == 1
        await eventually(lambda: ingest.metric("records_duplicate_total") >= 12)
        assert await stored() == first
    assert ("air_temperature_c", 23.8) in first
    listed = await call_gateway(gateway, "letters", "list", "--adapter", "chirpstack")
    (line,) = [each for each in listed.splitlines() if each.split()[:1] == [str(number)]]
    assert "POST /in/chirpstack?event=up: unknown_device" in line
    assert line.endswith("(replayed)")
    shown = await call_gateway(gateway, "letters", "show", str(number))
    assert shown.endswith(f"{body.decode()}\n")
