"""A place for messages to arrive at, with a way to wait for them."""

import asyncio

from runtime.broker.message import Message
from tests.waiting import DEADLINE


class Inbox(list[Message]):
    """Messages in order of arrival; call it to deliver one."""

    def __init__(self) -> None:
        super().__init__()
        self._arrived = asyncio.Event()

    def __call__(self, message: Message) -> None:
        self.append(message)
        self._arrived.set()

    async def reach(self, count: int, seconds: float = DEADLINE) -> None:
        """Wait until `count` messages are here.

        Raises:
            TimeoutError: they were not, in time.
        """
        async with asyncio.timeout(seconds):
            while len(self) < count:
                self._arrived.clear()
                await self._arrived.wait()

    def payloads(self) -> list[bytes]:
        return [message.payload for message in self]
