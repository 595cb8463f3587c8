"""The intake: messages between the broker session and the writer.

Its size is bounded by the broker, which sends no more than the receive maximum before we
acknowledge; what is left over from ended connections is bounded here.
"""

import asyncio
from collections import deque
from datetime import timedelta
from typing import Final

from runtime.broker.message import Message
from runtime.logs import get_logger

log = get_logger(__name__)

_BATCH_BYTES: Final = 2 * 1024 * 1024
_LEFT_OVER_BYTES: Final = 32 * 1024 * 1024
"""Half of what one connection may bring: with the next one's there is room for both."""


class Intake:
    """A queue that gives out batches, by size and age.

    Args:
        batch_size: most messages of a batch. Two MiB of payloads fill a batch as well: an array
            of reports is one message, and rows take several times their payload's memory.
        flush_interval: longest wait of a message for its batch to fill.
        left_over: most messages kept of ended connections. The broker sends them again, so
            dropping them loses nothing; but a broker that was killed may have forgotten
            them, so they are kept while there is room.
        left_over_bytes: most bytes of their payloads.
    """

    def __init__(
        self,
        batch_size: int,
        flush_interval: timedelta,
        left_over: int,
        left_over_bytes: int = _LEFT_OVER_BYTES,
    ) -> None:
        self._batch_size = batch_size
        self._flush_seconds = flush_interval.total_seconds()
        self._left_over = left_over
        self._left_over_bytes = left_over_bytes
        # Each with the time it came, on the event loop's clock, which no one sets.
        self._messages: deque[tuple[float, Message]] = deque()
        self._bytes = 0
        self._now = asyncio.get_running_loop().time
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._closed = False
        self.received = 0

    def __len__(self) -> int:
        return len(self._messages)

    def deliver(self, message: Message) -> None:
        """Take a message from the session; after `close` it is left unacknowledged."""
        if self._closed:
            return
        self.received += 1
        self._messages.append((self._now(), message))
        self._bytes += len(message.payload)
        self._arrived.set()
        if self._fills_a_batch:
            self._full.set()

    def trim(self, epoch: int) -> int:
        """Drop messages of connections before `epoch` beyond the bound, oldest first.

        Returns how many were dropped.
        """
        sizes = [len(each.payload) for _, each in self._messages if each.epoch != epoch]
        stale, size = len(sizes), sum(sizes)
        dropped = 0
        while stale - dropped > self._left_over or size > self._left_over_bytes:
            size -= len(self._pop().payload)
            dropped += 1
        if dropped:
            log.warning(
                "dropped messages of ended connections, the broker sends them again",
                dropped=dropped,
            )
        return dropped

    def close(self) -> None:
        """Take no more; `take` gives out what is left."""
        self._closed = True
        self._arrived.set()
        self._full.set()

    async def take(self) -> list[Message]:
        """Return the next batch in order of arrival; empty once closed and drained."""
        while not self._messages and not self._closed:
            self._arrived.clear()
            await self._arrived.wait()
        if not self._full.is_set():
            await self._fill()
        batch: list[Message] = []
        size = 0
        while self._messages and len(batch) < self._batch_size and size < _BATCH_BYTES:
            message = self._pop()
            size += len(message.payload)
            batch.append(message)
        if not self._closed and not self._fills_a_batch:
            self._full.clear()
        return batch

    @property
    def _fills_a_batch(self) -> bool:
        return len(self._messages) >= self._batch_size or self._bytes >= _BATCH_BYTES

    def _pop(self) -> Message:
        _, message = self._messages.popleft()
        self._bytes -= len(message.payload)
        return message

    async def _fill(self) -> None:
        """Wait until a batch is full, or its oldest message has waited long enough."""
        came_at, _ = self._messages[0]
        try:
            async with asyncio.timeout_at(came_at + self._flush_seconds):
                await self._full.wait()
        except TimeoutError:
            pass
