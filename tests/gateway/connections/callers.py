"""A gateway without servers, and clients of it that send whatever they like."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from gateway.bodies import expect_later, read_body
from gateway.keys import SETTINGS
from gateway.settings import GatewaySettings
from runtime.broker.address import BrokerAddress
from runtime.database.connection import DatabaseAddress
from tests.gateway.gateway_world import Serving, serving

NOWHERE = BrokerAddress("127.0.0.1", 1)
NO_DATABASE = DatabaseAddress.from_url("postgresql://gateway@127.0.0.1:1/none")
HALF = b"GET /login HTTP/1.1\r\nHost: x\r\nX-"
WHOLE = b"GET /login HTTP/1.1\r\nHost: x\r\n\r\n"
TICKS = b"GET /test/ticks HTTP/1.0\r\n\r\n"
UPLOAD = b"POST /test/take HTTP/1.0\r\nHost: x\r\nContent-Length: 20\r\n\r\n"


@dataclass(frozen=True)
class Caller:
    """The client's side of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def heard(self) -> bytes:
        """Return all that came until the other side hung up."""
        async with asyncio.timeout(20):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


async def _tick(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(20):
        await response.write(b"tick\n")
        await asyncio.sleep(0.05)
    return response


async def _take(request: web.Request) -> web.Response:
    body = await read_body(request, 100, request.app[SETTINGS].body_timeout)
    return web.Response(body=body)


def _furnish(app: web.Application) -> None:
    app.add_routes(
        [web.get("/test/ticks", _tick), web.post("/test/take", _take, expect_handler=expect_later)]
    )


@contextlib.asynccontextmanager
async def open_gateway(settings: GatewaySettings) -> AsyncIterator[Serving]:
    async with serving(NOWHERE, NO_DATABASE, settings, furnish=_furnish) as running:
        yield running
    assert running.drained


@contextlib.asynccontextmanager
async def calling(running: Serving) -> AsyncIterator[Callable[..., Awaitable[Caller]]]:
    """Give a function that connects, and may send; hang up on leaving."""
    callers: list[Caller] = []

    async def call(sent: bytes = b"") -> Caller:
        callers.append(Caller(*await asyncio.open_connection("127.0.0.1", running.service.port)))
        callers[-1].writer.write(sent)
        return callers[-1]

    try:
        yield call
    finally:
        for each in callers:
            each.writer.close()
            with contextlib.suppress(ConnectionError):
                await each.writer.wait_closed()
