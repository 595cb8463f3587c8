"""A real HTTP receiver: keeps what it gets, and answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        return json.loads(self.body)


@dataclass
class HttpReceiver:
    """A server on a port of this machine.

    Attributes:
        answers: of the next requests, each a status or a response; then 204.
        hangs: it takes requests and never answers.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int | web.Response] = field(default_factory=list)
    hangs: bool = False
    released: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, request: web.Request) -> web.Response:
        self.received.append(Received(dict(request.headers), await request.read()))
        if self.hangs:
            await self.released.wait()
        answer = self.answers.pop(0) if self.answers else 204
        return answer if isinstance(answer, web.Response) else web.Response(status=answer)

    @property
    def actions(self) -> list[str]:
        """What Srepok's webhooks said, in order."""
        return [each.json["type"].removeprefix("incident.") for each in self.received]


@asynccontextmanager
async def http_receiver() -> AsyncIterator[HttpReceiver]:
    """A receiver that runs."""
    receiver = HttpReceiver()
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_post("/{path:.*}", receiver.handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        yield receiver
    finally:
        receiver.released.set()
        await runner.cleanup()
