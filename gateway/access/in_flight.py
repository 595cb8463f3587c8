"""Requests under way, counted by whose they are, so that one token cannot take all there is.

All requests share the connections to the database.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.access.identity import Identity
from gateway.problems.problem import TOO_MANY, Problem

_PATIENCE: Final = timedelta(seconds=1)
"""How long one more waits for its turn. A few too many are served that way; and who asks on and on
hears a refusal a second, not thousands, which would cost more than they spare."""
_RETRY_SECONDS: Final = 1


class Flight:
    """One request, as long as it counts."""

    def __init__(self, seats: asyncio.Semaphore) -> None:
        self._seats: asyncio.Semaphore | None = seats

    def end(self) -> None:
        """Count it no longer; once is enough, and twice the same."""
        seats, self._seats = self._seats, None
        if seats is not None:
            seats.release()


_FLIGHT: Final = web.RequestKey("FLIGHT", Flight)


class InFlight:
    """Requests of tokens under way.

    Args:
        most: of one token, logins of the page with it among them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        # Of tokens that were let in only, so it has no more of them than there are.
        self._seats: defaultdict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(most)
        )

    @asynccontextmanager
    async def counted(self, request: web.Request, identity: Identity) -> AsyncIterator[None]:
        """Count a request while inside; where too many are under way, it waits a little first.

        Raises:
            Problem: 429: too many of the same token went on being under way.
        """
        flight = request[_FLIGHT] = await self._board(identity)
        try:
            yield
        finally:
            flight.end()

    async def _board(self, identity: Identity) -> Flight:
        seats = self._seats[identity.token_id]
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                await seats.acquire()
        except TimeoutError:
            raise Problem(
                TOO_MANY,
                f"{self._most} requests with this token are under way: wait for one to be answered",
                headers={"Retry-After": str(_RETRY_SECONDS)},
            ) from None
        return Flight(seats)


def count_no_longer(request: web.Request) -> None:
    """Take a request out of the count: its answer is long, and bounded otherwise."""
    if (flight := request.get(_FLIGHT)) is not None:
        flight.end()
