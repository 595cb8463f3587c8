"""The stream: server-sent events to one open page, for as long as it listens."""

import asyncio
import contextlib
import socket
from datetime import datetime, timedelta
from typing import Final

from aiohttp import hdrs, web

from gateway.access.identity import Scope, identity_of, require
from gateway.access.in_flight import count_no_longer
from gateway.page.client import Client
from gateway.page.errors import FullError
from gateway.page.hub import LIVE, HubOptions
from gateway.problems.problem import unavailable

_HEADERS: Final = {
    hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8",
    hdrs.CACHE_CONTROL: "no-store",
    # A proxy that collects an answer before it passes it on would pass nothing on.
    "X-Accel-Buffering": "no",
}
_FULL_SECONDS: Final = 15
_BUFFER: Final = 16_384
"""Bytes that wait for a page that takes nothing, here and again in the kernel."""
_UNCONFIRMED: Final = timedelta(seconds=30)
"""Sent bytes that nobody confirms for so long end the connection: its page is gone."""


@require(Scope.VIEWER)
async def send_events(request: web.Request) -> web.StreamResponse:
    """Send events until the page is gone, falls too far behind, or the gateway stops."""
    hub = request.app[LIVE]
    identity = identity_of(request)
    try:
        client = hub.attach(identity, request.headers.get("Last-Event-ID", ""))
    except FullError as error:
        raise unavailable(str(error), _FULL_SECONDS) from None
    # Streams have a bound of their own.
    count_no_longer(request)
    client.cut = lambda: _cut(request)
    response = web.StreamResponse(headers=_HEADERS)
    try:
        _bound_buffers(request)
        await response.prepare(request)
        while (events := await client.take(hub.options.ping)) is not None:
            await _write(client, response, events or _ping(hub.looked_at), hub.options)
    except ConnectionError:
        _cut(request)
    except TimeoutError:
        # What is in its buffer is not worth waiting for.
        hub.instruments.given_up.inc()
        _cut(request)
    finally:
        hub.detach(client)
    return response


async def _write(
    client: Client, response: web.StreamResponse, events: bytes, options: HubOptions
) -> None:
    client.is_writing = True
    async with asyncio.timeout(options.write_timeout.total_seconds()):
        await response.write(events)
    client.is_writing = False


def _ping(looked_at: datetime | None) -> bytes:
    """Return a comment that says how new what we know is."""
    return f": {'' if looked_at is None else looked_at.isoformat()}\n\n".encode()


def _bound_buffers(request: web.Request) -> None:
    """Let little wait for a page that takes nothing, and not for long."""
    if request.transport is None:
        return
    request.transport.set_write_buffer_limits(high=_BUFFER)
    connection = request.transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        milliseconds = round(_UNCONFIRMED.total_seconds() * 1000)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
