"""The gateway killed, and cut off from broker and database, with a ledger of what it took."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio

from deploy import mosquitto
from deploy.mosquitto_options import ACL_FILE, MosquittoOptions
from gateway.adapters.loading import load_adapters
from gateway.translation import Incoming
from province.devices import DeviceKind
from province.inventory import Inventory
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerError
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.gateway.door.test_end_to_end import DEV_EUI, uplink
from tests.gateway.gateway_process import GatewayProcess, make_gateway
from tests.gateway.gateway_world import KEY
from tests.inbox import Inbox
from tests.traffic import Ledger, Made, Traffic
from tests.waiting import DEADLINE, eventually
from tests.world import World

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

_UPLOADERS: Final = 10


@pytest_asyncio.fixture(scope="session")
async def inventory(inventory: Inventory) -> Inventory:
    """One whose last sensor is known to a LoRaWAN network."""
    *_, last = (each for each in inventory.devices if each.kind is DeviceKind.SENSOR)
    named = last.model_copy(update={"aliases": (f"chirpstack:{DEV_EUI}",)})
    devices = tuple(named if each is last else each for each in inventory.devices)
    return replace(inventory, devices=devices)


class Uploads:
    """Devices that upload, through every fault, what was not answered with 202 once more.

    Attributes:
        ledger: what the gateway said it took.
        refused: answers that a fault does not explain.
    """

    def __init__(self, gateway: GatewayProcess, inventory: Inventory) -> None:
        self.ledger = Ledger()
        self.refused: list[tuple[int, str]] = []
        self._gateway = gateway
        self._traffic = Traffic(inventory)
        self._again: list[Made] = []
        self._stopping = False

    async def run(self) -> None:
        async with aiohttp.ClientSession() as http:
            await asyncio.gather(*(self._upload(http) for _ in range(_UPLOADERS)))

    def stop(self) -> None:
        """Make nothing new; what was not taken yet is sent until it is."""
        self._stopping = True

    async def confirmed(self, count: int) -> None:
        wanted = self.ledger.messages + count
        await eventually(lambda: self.ledger.messages >= wanted)

    async def _upload(self, http: aiohttp.ClientSession) -> None:
        while self._again or not self._stopping:
            made = self._again.pop() if self._again else self._traffic.make()
            if await self._taken(http, made):
                self.ledger.confirm(made, asyncio.get_running_loop().time())
            else:
                self._again.append(made)
                await asyncio.sleep(0.05)

    async def _taken(self, http: aiohttp.ClientSession, made: Made) -> bool:
        *_, device, channel = made.topic.split("/")
        headers = {"Authorization": aiohttp.encode_basic_auth(device, KEY)}
        headers["Content-Type"] = "application/json"
        url = f"http://127.0.0.1:{self._gateway.uploads_port}/v1/{channel}"
        try:
            async with http.post(url, data=made.payload, headers=headers) as answer:
                if answer.status not in {202, 503}:
                    self.refused.append((answer.status, await answer.text()))
                return answer.status == 202
        except aiohttp.ClientError:
            return False


class Network:
    """A LoRaWAN network server that publishes uplinks of one sensor to the broker."""

    def __init__(self, world: World, device: str, metrics: tuple[str, ...]) -> None:
        self.ledger = Ledger()
        self._world = world
        self._device = device
        self._metrics = metrics
        self._stopping = False

    async def run(self) -> None:
        at, last = datetime.now(UTC).replace(microsecond=0), None
        while not self._stopping or last:
            last = last or self._made(at := at + timedelta(milliseconds=1))
            if await self._published(last):
                self.ledger.confirm(last, asyncio.get_running_loop().time())
                last = None
            await asyncio.sleep(0.05)

    def stop(self) -> None:
        self._stopping = True

    def _made(self, at: datetime) -> Made:
        body = json.dumps(uplink(at.isoformat(timespec="milliseconds"))).encode()
        keys = tuple(("sensor_readings", self._device, metric, at) for metric in self._metrics)
        return Made(f"application/air/device/{DEV_EUI}/event/up", body, keys)

    async def _published(self, made: Made) -> bool:
        options = SessionOptions(f"network-{uuid4().hex}", session_expiry=timedelta(0))
        address = self._world.broker_address("fleet")
        connection = Connection(1, address, options, Inbox(), SystemClock(), clean_start=True)
        try:
            await connection.open()
            await connection.publish(made.topic, made.payload)
            await connection.close()
        except BrokerError:
            return False
        return True


def metrics_of_an_uplink() -> tuple[str, ...]:
    now = datetime.now(UTC)
    body = json.dumps(uplink(now.isoformat(timespec="milliseconds"))).encode()
    incoming = Incoming("mqtt", f"application/air/device/{DEV_EUI}/event/up", body, now)
    (translated,) = load_adapters()["chirpstack"].translate(incoming).translated
    return tuple(translated.record["values"])


@asynccontextmanager
async def sending(uploads: Uploads, network: Network) -> AsyncIterator[None]:
    """Send while inside; leave once all that was made is taken."""
    tasks = [asyncio.create_task(uploads.run()), asyncio.create_task(network.run())]
    try:
        yield
    finally:
        uploads.stop()
        network.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), DEADLINE)


@pytest.fixture
def broker_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MosquittoOptions:
    """Networks publish as the user `fleet`.

    It stands in the file from the start: a broker that reads it again after a restart drops the
    sessions of those who are not back yet.
    """
    rights = tmp_path / "acl"
    more = "user fleet\ntopic write application/#\n"
    rights.write_text(ACL_FILE.read_text() + more)
    monkeypatch.setattr(mosquitto, "ACL_FILE", rights)
    return MosquittoOptions()


async def test_nothing_that_was_taken_is_lost_or_stored_twice(
    world: World, inventory: Inventory
) -> None:
    await world.ingest.start()
    gateway = await make_gateway(world)
    await gateway.start()
    named = next(each.code for each in inventory.devices if each.aliases)
    uploads, network = Uploads(gateway, inventory), Network(world, named, metrics_of_an_uplink())
    async with sending(uploads, network):
        await uploads.confirmed(100)
        await gateway.kill()
        await gateway.start()
        await uploads.confirmed(100)
        await asyncio.to_thread(world.broker.restart)
        await uploads.confirmed(100)
        world.postgres.kill()
        # The broker alone is needed for uploads.
        await uploads.confirmed(100)
        await asyncio.to_thread(world.postgres.start)
        await uploads.confirmed(100)
    ledger = Ledger(uploads.ledger.records | network.ledger.records)
    await world.settle(ledger.records)
    assert uploads.refused == []
    assert network.ledger.messages > 20
    await world.check_nothing_lost_or_twice(ledger)
    letters = await world.rows("SELECT adapter, reason, detail FROM dead_letters")
    assert letters == []
    assert await gateway.stop() == 0
