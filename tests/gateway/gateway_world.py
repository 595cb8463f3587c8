"""A gateway in this process, between servers that exist already, and a client of it."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from gateway.access.credentials import digest
from gateway.access.identity import Scope
from gateway.access.tokens import TokenRequest, create_token
from gateway.service import GatewayService
from gateway.settings import GatewaySettings
from gateway.translation import (
    Adapter,
    ForeignId,
    Incoming,
    Outcome,
    Refusal,
    RefusalReason,
    Reply,
    Translated,
)
from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.metrics import catalogue
from province.topics import Channel
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import Clock, SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.logins import ROLES, make_login
from tests.databases import clone_database
from tests.gateway.tokens import bearer, make_token
from tests.inbox import Inbox
from tests.waiting import eventually

PASSWORD = SecretStr("gateway-password")

KEY = "a-device-key"
"""Of every device."""

KEYS = """
    INSERT INTO device_keys (device_code, key_hash, created_at, created_by)
    SELECT code, %s, now(), 'tests'
    FROM (SELECT device_code FROM devices UNION ALL VALUES ('nobody')) AS known (code)
"""
"""And one for somebody who is in no inventory."""


class PlainAdapter:
    """Takes what says in its own words what it becomes; `{"id": ..., "record": {...}}`."""

    name = "test"
    topics = ("foreign/test/#",)

    def translate(self, incoming: Incoming) -> Outcome:
        outcome = Outcome()
        try:
            body = json.loads(incoming.body)
        except ValueError as error:
            outcome.refusals.append(Refusal(RefusalReason.MALFORMED, str(error)))
            return outcome
        for each in body if isinstance(body, list) else [body]:
            if "crash" in each:
                raise LookupError(each["crash"])
            if "refuse" in each:
                outcome.refusals.append(Refusal(RefusalReason.UNKNOWN_FIELD, each["refuse"]))
            if "reply" in each:
                outcome.replies.append(Reply("foreign/reply", each["reply"].encode()))
            if "record" in each:
                device = ForeignId("test", each["id"])
                channel = Channel(each.get("channel", "telemetry"))
                outcome.translated.append(Translated(device, channel, each["record"]))
        return outcome


@dataclass
class Serving:
    """A running gateway; leave the context to stop it."""

    service: GatewayService
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    drained: bool | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.service.port}"

    def metric(self, name: str, **labels: str) -> float:
        """Return a metric by its name without `srepok_gateway_`, series added up."""
        found = [
            sample.value
            for family in self.service.instruments.registry.collect()
            for sample in family.samples
            if sample.name == f"srepok_gateway_{name}" and labels.items() <= sample.labels.items()
        ]
        assert found, f"no metric {name}"
        return sum(found)

    async def ready(self, *, without: frozenset[str] = frozenset()) -> None:
        """Wait until nothing is missing but these."""
        try:
            await eventually(lambda: self.service.missing().keys() <= without)
        except TimeoutError:
            raise AssertionError(f"not ready: {self.service.missing()}") from None


@dataclass
class GatewayWorld:
    """A gateway, its servers, and a client.

    Attributes:
        owner: its database, for whoever may do anything.
        login: its database, with the gateway's own rights.
        client: relative addresses are the gateway's.
    """

    inventory: Inventory
    owner: DatabaseAddress
    login: DatabaseAddress
    broker_address_of: Callable[[str], BrokerAddress]
    serving: Serving
    client: aiohttp.ClientSession

    @property
    def service(self) -> GatewayService:
        return self.serving.service

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement as the database's owner."""
        async with await connect(self.owner, "tests") as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []

    async def as_holder(
        self, scope: Scope, *grants: str, communes: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """Return the headers of a request with a new token."""
        return bearer((await make_token(self.owner, scope, *grants, communes=communes)).text)

    def as_device(self, code: str) -> dict[str, str]:
        """Return the headers of a request that a device makes with its key."""
        return {"Authorization": aiohttp.encode_basic_auth(code, KEY)}

    async def as_token(
        self,
        scope: Scope = Scope.NARROW,
        grants: Sequence[str] = (),
        communes: Sequence[str] = (),
    ) -> dict[str, str]:
        """Make a token; return the headers of a request that shows it."""
        wanted = TokenRequest(f"test {uuid4().hex}", scope, grants, communes)
        async with await connect(self.owner, "tests") as connection:
            now = datetime.now(UTC)
            token = await create_token(connection, wanted, actor="tests", now=now)
        return {"Authorization": f"Bearer {token.text}"}

    def device(self, kind: DeviceKind, number: int = 0) -> Device:
        """Return one of the inventory's devices of a kind."""
        return [device for device in self.inventory.devices if device.kind is kind][number]

    def topic(self, device: Device, channel: Channel = Channel.TELEMETRY) -> str:
        return str(self.inventory.topic(device, channel))

    @contextlib.asynccontextmanager
    async def heard(self, topic_filter: str) -> AsyncIterator[Inbox]:
        """Hear what is published on a topic while inside, as ingest may."""
        inbox = Inbox()
        options = SessionOptions(client_id=f"ear-{uuid4().hex}")
        address = self.broker_address_of("ingest")
        connection = Connection(1, address, options, inbox, SystemClock(), clean_start=True)
        await connection.open()
        await connection.subscribe([topic_filter])
        try:
            yield inbox
        finally:
            await connection.close()


def settings_of(**changes: object) -> GatewaySettings:
    """Return settings of a gateway whose name and ports no other test uses."""
    own = {"name": f"t{uuid4().hex[:12]}", "port": 0, "probe_port": 0}
    return GatewaySettings.model_validate(own | changes)


@contextlib.asynccontextmanager
async def serving(
    broker: BrokerAddress,
    database: DatabaseAddress,
    settings: GatewaySettings | None = None,
    clock: Clock | None = None,
    furnish: Callable[[web.Application], None] = lambda _: None,
    adapters: Mapping[str, Adapter] | None = None,
) -> AsyncIterator[Serving]:
    """Run the service while inside; it takes requests, and its servers may be away.

    `furnish` may add to the application before it starts.
    """
    service = GatewayService(
        settings or settings_of(),
        broker,
        database,
        clock or SystemClock(),
        Random(1),
        {"test": PlainAdapter()} if adapters is None else adapters,
    )
    furnish(service.app)
    running = Serving(service)
    task = asyncio.create_task(service.run(running.stop))
    begun = asyncio.create_task(service.serving.wait())
    try:
        await asyncio.wait({task, begun}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield running
    finally:
        begun.cancel()
        running.stop.set()
        running.drained = await task


@contextlib.asynccontextmanager
async def make_gateway_world(
    server_url: str,
    template: str,
    broker_address_of: Callable[[str], BrokerAddress],
    inventory: Inventory,
    settings: GatewaySettings | None = None,
) -> AsyncIterator[GatewayWorld]:
    """A gateway with a database of its own, cloned and stocked; ready, with a client."""
    inventory = aliased(inventory)
    async with clone_database(server_url, template) as url:
        owner = DatabaseAddress.from_url(url)
        login = f"gateway_{uuid4().hex[:12]}"
        async with await connect(owner, "tests") as connection:
            await import_inventory(
                connection, inventory, catalogue().values(), source="tests", now=datetime.now(UTC)
            )
            await make_login(connection, login, ROLES["gateway"], PASSWORD)
            await connection.execute(KEYS, [digest(KEY)])
        address = DatabaseAddress.from_url(_as_user(url, login))
        async with (
            serving(broker_address_of("gateway"), address, settings) as running,
            aiohttp.ClientSession(running.url) as client,
        ):
            await running.ready()
            yield GatewayWorld(inventory, owner, address, broker_address_of, running, client)
        async with await connect(owner, "tests") as connection:
            await connection.execute(f'DROP OWNED BY "{login}"; DROP ROLE "{login}"'.encode())


def aliased(inventory: Inventory) -> Inventory:
    """Return the inventory with names of its devices in the systems of the tests."""
    devices = tuple(
        device.model_copy(update={"aliases": tuple(_aliases(device))})
        for device in inventory.devices
    )
    return replace(inventory, devices=devices)


def _aliases(device: Device) -> Iterator[str]:
    yield f"test:{device.code}"
    if device.kind is DeviceKind.SENSOR:
        yield f"test:{device.code} over there"
        yield f"chirpstack:{device.code}"
        yield f"senml:{device.code}"


def _as_user(url: str, user: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:{PASSWORD.get_secret_value()}@{place}").geturl()
