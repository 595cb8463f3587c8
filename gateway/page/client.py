"""A client: one open page, with what is to be sent to it next, and no more than that."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final

QUEUE: Final = 32
"""Changes that wait for a client that is slow; with more it gets one snapshot instead of them."""


class Client:
    """One open page.

    It is offered what is new, and never waited for: what it does not take in time is dropped, the
    oldest first, and a snapshot takes its place.

    Args:
        snapshot: returns everything as it is now, as an event.
        first: events to begin with; None: a snapshot.
        capacity: most events that wait.

    Attributes:
        is_writing: something is being sent, and may be for long if the page takes nothing.
        cut: ends its connection at once.
    """

    def __init__(
        self,
        snapshot: Callable[[], bytes],
        first: Iterable[bytes] | None = None,
        capacity: int = QUEUE,
    ) -> None:
        self._snapshot = snapshot
        self._capacity = capacity
        self._waiting: deque[bytes] = deque(first or ())
        self._behind = first is None
        self._over = False
        self._wake = asyncio.Event()
        self._wake.set()
        self.is_writing = False
        self.cut: Callable[[], None] = lambda: None

    def offer(self, event: bytes) -> bool:
        """Take an event in; return False if that made the client fall behind."""
        fell_behind = not self._behind and len(self._waiting) >= self._capacity
        if fell_behind:
            self._waiting.clear()
            self._behind = True
        elif not self._behind:
            self._waiting.append(event)
        self._wake.set()
        return not fell_behind

    def end(self) -> None:
        """Let the stream end now: nobody waits for a page that is slow to take what is sent."""
        self._over = True
        self._wake.set()
        if self.is_writing:
            self.cut()

    async def take(self, patience: timedelta) -> bytes | None:
        """Return what is to be sent now.

        Args:
            patience: how long to wait for something.

        Returns:
            One event or several; empty: nothing came in that time; None: the stream is over.
        """
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await self._wake.wait()
        except TimeoutError:
            return b""
        self._wake.clear()
        if self._over:
            return None
        if self._behind:
            # Made now: it has all that was dropped.
            self._behind = False
            self._waiting.clear()
            return self._snapshot()
        events = b"".join(self._waiting)
        self._waiting.clear()
        return events
