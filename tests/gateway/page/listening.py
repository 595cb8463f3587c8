"""A page without a browser: reads a stream of events as it is sent."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from tests.waiting import DEADLINE


@dataclass(frozen=True)
class Heard:
    """One event."""

    id: str
    name: str
    data: dict[str, Any]


class Listener:
    """Reads one stream, event by event."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> Heard:
        """Return the next event; comments are passed over.

        Raises:
            EOFError: the stream ended.
        """
        while True:
            block = await self.block()
            if not block.startswith(":"):
                fields = dict(line.split(": ", 1) for line in block.splitlines())
                return Heard(fields["id"], fields["event"], json.loads(fields["data"]))

    async def until(self, name: str) -> Heard:
        """Return the next event of this name, passing over others."""
        while (heard := await self.next()).name != name:
            pass
        return heard

    async def block(self) -> str:
        """Return what is sent up to the next empty line."""
        try:
            async with asyncio.timeout(DEADLINE):
                block = (await self.answer.content.readuntil(b"\n\n")).decode()
        except aiohttp.ClientError:
            block = ""
        if not block.endswith("\n\n"):
            raise EOFError
        return block.rstrip("\n")


@asynccontextmanager
async def listening(url: str, token: str, last_event: str = "") -> AsyncIterator[Listener]:
    """Open a stream of the gateway at `url`."""
    headers = {"Authorization": f"Bearer {token}"}
    if last_event:
        headers["Last-Event-ID"] = last_event
    timeout = aiohttp.ClientTimeout(total=None)
    async with (
        aiohttp.ClientSession(timeout=timeout, read_bufsize=2**20) as session,
        session.get(f"{url}/live/events", headers=headers) as answer,
    ):
        yield Listener(answer)
