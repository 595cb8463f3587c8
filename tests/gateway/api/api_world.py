"""A gateway over a database with a past, and clients of different people."""

import contextlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp
from psycopg import AsyncConnection

from gateway.access.identity import Scope
from gateway.access.tokens import TokenRequest, create_token
from province.inventory import Inventory
from runtime.broker.address import BrokerAddress
from runtime.database.connection import DatabaseAddress, connect
from tests.dashboards.fill import fill
from tests.gateway.gateway_world import make_gateway_world


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
        tokens: by who has them.
    """

    inventory: Inventory
    owner: DatabaseAddress
    url: str
    session: aiohttp.ClientSession
    tokens: Mapping[str, str]

    @property
    def here(self) -> str:
        """The official's commune."""
        return min(commune.code for commune in self.inventory.communes)

    @property
    def there(self) -> str:
        """The neighbour's commune."""
        return sorted(commune.code for commune in self.inventory.communes)[1]

    async def ask(
        self,
        path: str,
        who: str | None = "viewer",
        *,
        method: str = "GET",
        body: object = None,
        written: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answered:
        """Ask, as somebody; return the answer. `written` is a body in JSON already."""
        sent = dict(headers or {})
        if written is not None:
            sent["Content-Type"] = "application/json"
        if who is not None:
            sent["Authorization"] = f"Bearer {self.tokens[who]}"
        async with self.session.request(
            method, path, params=query, json=body, data=written, headers=sent
        ) as response:
            return Answered(response.status, response.headers, await response.read())

    async def get(self, path: str, who: str = "viewer", **query: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what is answered, which must be well."""
        answered = await self.ask(path, who, query=query)
        assert answered.status == 200, answered.content
        return answered.json

    async def post(
        self, path: str, body: object = None, who: str = "operator", *, written: str | None = None
    ) -> Answered:
        return await self.ask(path, who, method="POST", body=body, written=written)

    async def pages(self, path: str, who: str = "viewer", **query: str) -> list[Any]:
        """Return the items of all pages of a list."""
        items: list[Any] = []
        page = await self.get(path, who, **query)
        while True:
            items += page["items"]
            if page["next"] is None:
                return items
            page = await self.get(path, who, **query, cursor=page["next"])

    async def hit(self, commune: str) -> tuple[str, str]:
        """Return an open incident that lies in one commune, and a village that it hits."""
        ((incident, village),) = await self.rows(
            "SELECT incident_id, village_code FROM incident_villages"
            " JOIN incidents USING (incident_id)"
            " WHERE status = 'open' AND communes = ARRAY[%s] ORDER BY incident_id LIMIT 1",
            commune,
        )
        return incident, village

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
    server_url: str,
    template: str,
    broker_address_of: Callable[[str], BrokerAddress],
    inventory: Inventory,
) -> AsyncIterator[ApiWorld]:
    """A running gateway, its database filled with a past, and tokens of different people."""
    async with (
        make_gateway_world(server_url, template, broker_address_of, inventory) as gateway,
        await connect(gateway.owner, "tests") as connection,
    ):
        await fill(connection, days=2, minute_days=0.05, outages_a_day=1)
        tokens = {
            who: (await create_token(connection, wanted, actor="tests", now=datetime.now(UTC))).text
            for who, wanted in _people(inventory).items()
        }
        yield ApiWorld(inventory, gateway.owner, gateway.serving.url, gateway.client, tokens)


def _people(inventory: Inventory) -> dict[str, TokenRequest]:
    here, there, *_ = sorted(commune.code for commune in inventory.communes)
    return {
        "viewer": TokenRequest("viewer", Scope.VIEWER),
        "operator": TokenRequest("Hà", Scope.OPERATOR),
        "admin": TokenRequest("Bình", Scope.ADMIN),
        "official": TokenRequest("Y Thu", Scope.OPERATOR, communes=[here]),
        "neighbour": TokenRequest("H'Linh", Scope.OPERATOR, communes=[there]),
        "hook": TokenRequest("noc-alerts", Scope.NARROW, grants=["hook:alertmanager"]),
    }
