"""The API over a database with a past, and clients of different people."""

import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from psycopg import AsyncConnection
from pydantic import SecretStr

from gateway.access.identity import IDENTITY, Identity, Scope
from gateway.api.problems import make_problem_middleware
from gateway.api.routes import ROUTES
from gateway.keys import CLOCK, POOL
from province.inventory import Inventory
from province.metrics import catalogue
from runtime.clock import Clock, SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.logins import ROLES, make_login
from runtime.database.pool import PoolOptions, make_pool
from tests.dashboards.fill import fill
from tests.databases import clone_database

_PASSWORD = SecretStr("gateway-password")


@dataclass
class Answered:
    """An answer, read whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever the answer holds
        return json.loads(self.content)


@dataclass
class ApiWorld:
    """The API, its database, and who may call it.

    Attributes:
        people: by token; a test may add some.
    """

    inventory: Inventory
    owner: DatabaseAddress
    url: str
    session: aiohttp.ClientSession
    people: dict[str, Identity] = field(default_factory=dict)

    async def ask(
        self,
        path: str,
        who: str | None = "viewer",
        *,
        method: str = "GET",
        body: object = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answered:
        """Ask, as somebody; return the answer."""
        sent = dict(headers or {})
        if who is not None:
            sent["Authorization"] = f"Bearer {who}"
        async with self.session.request(
            method, path, params=query, json=body, headers=sent
        ) as response:
            return Answered(response.status, response.headers, await response.read())

    async def get(self, path: str, who: str = "viewer", **query: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what is answered, which must be well."""
        answered = await self.ask(path, who, query=query)
        assert answered.status == 200, answered.content
        return answered.json

    async def post(self, path: str, body: object = None, who: str = "operator") -> Answered:
        return await self.ask(path, who, method="POST", body=body)

    async def pages(self, path: str, who: str = "viewer", **query: str) -> list[Any]:
        """Return the items of all pages of a list."""
        items: list[Any] = []
        page = await self.get(path, who, **query)
        while True:
            items += page["items"]
            if page["next"] is None:
                return items
            page = await self.get(path, who, **query, cursor=page["next"])

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection of the database's owner."""
        async with await connect(self.owner, "tests") as connection:
            yield connection

    async def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement as the database's owner."""
        async with self.database() as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []


@contextlib.asynccontextmanager
async def make_api_world(
    server_url: str, template: str, inventory: Inventory, clock: Clock | None = None
) -> AsyncIterator[ApiWorld]:
    """The API over a database of its own, with the gateway's own rights."""
    people: dict[str, Identity] = {}
    async with clone_database(server_url, template) as url, contextlib.AsyncExitStack() as stack:
        owner = DatabaseAddress.from_url(url)
        login = f"gateway_{uuid4().hex[:12]}"
        async with await connect(owner, "tests") as connection:
            await import_inventory(
                connection, inventory, catalogue().values(), source="tests", now=datetime.now(UTC)
            )
            await make_login(connection, login, ROLES["gateway"], _PASSWORD)
            await fill(connection, days=2, minute_days=0.05, outages_a_day=1)
        stack.push_async_callback(_drop, owner, login)
        pool = make_pool(
            DatabaseAddress.from_url(_as_user(url, login)), "api", PoolOptions(read_only=False)
        )
        await stack.enter_async_context(pool)
        app = web.Application(
            middlewares=[make_problem_middleware(Random(1)), _authenticate(people)]
        )
        app[POOL] = pool
        app[CLOCK] = clock or SystemClock()
        app.add_routes(ROUTES)
        server = await stack.enter_async_context(TestServer(app))
        base = str(server.make_url("/"))
        session = await stack.enter_async_context(aiohttp.ClientSession(base))
        communes = sorted(commune.code for commune in inventory.communes)
        people |= {
            "viewer": Identity("viewer", Scope.VIEWER),
            "operator": Identity("Hà", Scope.OPERATOR),
            "admin": Identity("Bình", Scope.ADMIN),
            "official": Identity("Y Thu", Scope.OPERATOR, frozenset(communes[:1])),
            "neighbour": Identity("H'Linh", Scope.OPERATOR, frozenset(communes[1:2])),
            "hook": Identity(
                "noc-alertmanager", Scope.NARROW, grants=frozenset({"hook:alertmanager"})
            ),
        }
        yield ApiWorld(inventory, owner, base, session, people)


def _authenticate(people: Mapping[str, Identity]) -> Any:  # noqa: ANN401 - a middleware
    @web.middleware
    async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token in people:
            request[IDENTITY] = people[token]
        return await handler(request)

    return authenticate


async def _drop(owner: DatabaseAddress, login: str) -> None:
    async with await connect(owner, "tests") as connection:
        await connection.execute(f'DROP OWNED BY "{login}"; DROP ROLE "{login}"'.encode())


def _as_user(url: str, user: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:{_PASSWORD.get_secret_value()}@{place}").geturl()
