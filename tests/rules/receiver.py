"""A receiver of webhooks that remembers what it was told."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class Receiver:
    """Takes webhooks.

    Attributes:
        messages: bodies, in order of arrival.
        url: where to send them.
    """

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.messages.append(json.loads(await request.text()))
        return web.Response()

    def told(self, incident: str, telling: str) -> int:
        """Return how often something was told of an incident."""
        return sum(
            notice["incident"] == incident and notice["action"] == telling
            for message in self.messages
            for notice in message["data"]["notices"]
        )


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """Serve a receiver while inside."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    receiver.url = f"http://{host}:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
