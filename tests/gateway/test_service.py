"""The service: what it says of itself, and that it starts whatever is away."""

import asyncio
import re
import socket
from datetime import UTC, datetime
from random import Random

import aiohttp
import pytest

from gateway.service import GatewayService
from province.devices import DeviceKind
from province.instants import format_instant
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress
from runtime.listening import ListenError
from tests.gateway.gateway_world import GatewayWorld, serving, settings_of
from tests.servers import MakeMosquitto
from tests.waiting import eventually_true

pytestmark = pytest.mark.servers


async def test_what_is_not_there_is_answered_as_a_problem(gateway: GatewayWorld) -> None:
    async with gateway.client.get("/no/such/place") as answer:
        assert answer.status == 404
        assert answer.content_type == "application/problem+json"
    assert gateway.service.missing() == {}
    assert gateway.serving.metric("inventory_revision") >= 1
    assert gateway.serving.metric("broker_connected") == 1


async def test_it_starts_and_stops_without_broker_and_database() -> None:
    nowhere = BrokerAddress("127.0.0.1", 1)
    database = DatabaseAddress.from_url("postgresql://gateway@127.0.0.1:1/none")
    async with serving(nowhere, database) as running:
        await running.ready(without=frozenset({"broker", "database"}))
        assert running.service.missing().keys() == {"broker", "database"}
        async with aiohttp.ClientSession() as http, http.get(f"{running.url}/nowhere") as answer:
            assert answer.status == 404
    assert running.drained


@pytest.mark.parametrize("which", ["", "probe_"])
async def test_a_port_that_is_taken_is_told_with_the_names_of_its_settings(which: str) -> None:
    nowhere = DatabaseAddress.from_url("postgresql://gateway@127.0.0.1:1/none")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        service = GatewayService(
            settings_of(**{f"{which}port": port}),
            BrokerAddress("127.0.0.1", 1),
            nowhere,
            SystemClock(),
            Random(1),
        )
        names = f"GATEWAY_{which}HOST, GATEWAY_{which}PORT".upper()
        told = f"cannot listen at 127.0.0.1 port {port} ({names}): another program does"
        with pytest.raises(ListenError, match=re.escape(told)):
            await service.run(asyncio.Event())
    assert not service.serving.is_set()


async def test_uploads_wait_for_a_broker_that_is_away_and_go_on_by_themselves(
    gateway: GatewayWorld, make_mosquitto: MakeMosquitto
) -> None:
    broker = make_mosquitto(start=False)
    address = BrokerAddress.from_environment(
        {"MQTT_URL": broker.url("gateway", with_password=True)}
    )
    device = gateway.device(DeviceKind.SENSOR, 6)
    headers = gateway.as_device(device.code)

    async def upload(http: aiohttp.ClientSession) -> tuple[int, str | None]:
        now = format_instant(datetime.now(UTC))
        report = {"observed_at": now, "boot_id": 1, "seq": 1, "values": {"pm2_5_ugm3": 5}}
        async with http.post("/v1/telemetry", json=report, headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After")

    async with (
        serving(address, gateway.login) as running,
        aiohttp.ClientSession(running.url) as http,
    ):
        await running.ready(without=frozenset({"broker"}))
        assert await upload(http) == (503, "5")
        broker.start()

        async def taken() -> bool:
            return await upload(http) == (202, None)

        await eventually_true(taken)
