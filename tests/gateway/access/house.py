"""A gateway with a few rooms of its own to try doors on; no broker, a real database."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from aiohttp import web
from pydantic import SecretStr

from gateway.access.credentials import FreshToken
from gateway.access.device_keys import Enrolment
from gateway.access.doorkeeper import ACCESS, Doorkeeper
from gateway.access.identity import (
    IDENTITY,
    Scope,
    check_commune,
    check_device,
    check_grant,
    identity_of,
    require,
)
from gateway.bodies import read_body
from gateway.settings import GatewaySettings
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.broker.address import BrokerAddress
from runtime.clock import Clock, SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.logins import ROLES, make_login
from tests.databases import clone_database
from tests.gateway.gateway_world import Serving, serving, settings_of
from tests.gateway.tokens import bearer, make_token

NOWHERE = BrokerAddress("127.0.0.1", 1)
_PASSWORD = SecretStr("gateway-password")


class ShiftedClock:
    """The system's clock, and how far a test has moved it."""

    def __init__(self) -> None:
        self.shift = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift


@dataclass
class House:
    """The gateway, its database, and a client.

    Attributes:
        owner: the database, for whoever may do anything.
        login: the database, with the gateway's own rights.
        client: relative addresses are the gateway's; keeps no cookies.
    """

    owner: DatabaseAddress
    login: DatabaseAddress
    inventory: Inventory
    serving: Serving
    client: aiohttp.ClientSession

    @property
    def doorkeeper(self) -> Doorkeeper:
        return self.serving.service.app[ACCESS]

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        async with await connect(self.owner, "tests") as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []

    async def token(self, scope: Scope = Scope.VIEWER, *grants: str, **more: Any) -> FreshToken:  # noqa: ANN401 - make_token's
        return await make_token(self.owner, scope, *grants, **more)

    async def device_key(self, code: str) -> str:
        async with await connect(self.owner, "tests") as connection:
            enrolment = Enrolment(connection, None, "tests", datetime.now(UTC))
            return (await enrolment.add([code]))[code]

    async def status(self, path: str, token: str | None = None, **more: Any) -> int:  # noqa: ANN401 - aiohttp's
        headers = more.pop("headers", {}) | bearer(token)
        method = more.pop("method", "GET")
        async with self.client.request(method, path, headers=headers, **more) as answer:
            return answer.status


async def _anyone(request: web.Request) -> web.Response:
    identity = request.get(IDENTITY)
    return web.json_response({"name": identity and identity.name})


@require(Scope.VIEWER)
async def _see(request: web.Request) -> web.Response:
    return web.json_response({"name": identity_of(request).name})


@require(Scope.OPERATOR)
async def _do(request: web.Request) -> web.Response:
    return web.json_response({"name": identity_of(request).name})


@require(Scope.VIEWER)
async def _send(request: web.Request) -> web.Response:
    return web.Response(body=await read_body(request, 1_000, timedelta(seconds=30)))


async def _commune(request: web.Request) -> web.Response:
    code = request.match_info["code"]
    check_commune(identity_of(request), code, f"commune {code}")
    return web.json_response({"code": code})


async def _adapter(request: web.Request) -> web.Response:
    check_grant(identity_of(request), f"adapter:{request.match_info['name']}")
    return web.Response()


async def _upload(request: web.Request) -> web.Response:
    check_device(identity_of(request), request.match_info["code"])
    return web.Response()


_ROUTES = (
    web.get("/test/anyone", _anyone),
    web.get("/test/see", _see),
    web.post("/test/do", _do),
    web.post("/test/send", _send),
    web.post("/test/communes/{code}", _commune),
    web.post("/test/adapters/{name}", _adapter),
    web.post("/test/upload/{code}", _upload),
)


@contextlib.asynccontextmanager
async def open_house(
    database: DatabaseAddress, settings: GatewaySettings | None = None, clock: Clock | None = None
) -> AsyncIterator[Serving]:
    """Run a gateway with the test's routes while inside."""
    # What is refused at once is so because it was announced: nobody looks by themselves.
    own = {"trusted_proxies": "127.0.0.0/8", "body_timeout": "2s", "access_refresh": "1h"}
    settings = settings or settings_of(**own)

    def furnish(app: web.Application) -> None:
        app.add_routes(_ROUTES)

    async with serving(NOWHERE, database, settings, clock or SystemClock(), furnish) as running:
        yield running


@contextlib.asynccontextmanager
async def make_house(server_url: str, template: str, inventory: Inventory) -> AsyncIterator[House]:
    """A house with a database of its own."""
    async with clone_database(server_url, template) as url:
        owner = DatabaseAddress.from_url(url)
        name = f"gateway_{uuid4().hex[:12]}"
        async with await connect(owner, "tests") as connection:
            await import_inventory(
                connection, inventory, catalogue().values(), source="tests", now=datetime.now(UTC)
            )
            await make_login(connection, name, ROLES["gateway"], _PASSWORD)
        login = DatabaseAddress.from_url(as_user(url, name))
        async with (
            open_house(login) as running,
            aiohttp.ClientSession(running.url, cookie_jar=aiohttp.DummyCookieJar()) as client,
        ):
            await running.ready(without=frozenset({"broker"}))
            yield House(owner, login, inventory, running, client)
        async with await connect(owner, "tests") as connection:
            await connection.execute(f'DROP OWNED BY "{name}"; DROP ROLE "{name}"'.encode())


def as_user(url: str, user: str) -> str:
    """Return a database's URL for the user that `make_house` made."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:{_PASSWORD.get_secret_value()}@{place}").geturl()
