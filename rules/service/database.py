"""The database, as the rules need it: the inventory, what people changed, and a place to write to.

One connection listens and reads; another writes the outbox. Either may be away for as long as it
likes: detection has what it needs in the state directory.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Final

from psycopg import AsyncConnection, Error, sql

from runtime.backoff import Backoff, BackoffPolicy
from runtime.database.capabilities import detect_capabilities
from runtime.database.checks import check_schema
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.errors import DatabaseError
from runtime.logs import get_logger

log = get_logger(__name__)

FAILURES: Final = (Error, DatabaseError, OSError, TimeoutError)
"""What it means that the database is away, or not as it must be."""

_BACKOFF: Final = BackoffPolicy(first=timedelta(milliseconds=250), cap=timedelta(seconds=3))
_ASK: Final = timedelta(seconds=5)

Use = Callable[[AsyncConnection, Callable[[], None]], Awaitable[None]]
"""Uses a connection, and calls the second argument each time that it was seen to work."""


class DatabaseUser:
    """Keeps a connection and uses it again and again, whatever happens to it.

    Args:
        address: the database.
        name: of this use, for the server's lists and our log.
        use: what is done with a fresh connection; returns when it wants another one.
        timeout: for connecting and looking at the schema.
        random: spreads reconnects.

    Attributes:
        failure: why it cannot be used; None while it can.
    """

    def __init__(
        self, address: DatabaseAddress, name: str, use: Use, timeout: timedelta, random: Random
    ) -> None:
        self._address = address
        self._name = name
        self._use = use
        self._timeout = timeout.total_seconds()
        self._backoff = Backoff(_BACKOFF, random)
        self.failure: str | None = "not connected yet"
        self._said = False

    async def run(self) -> None:
        """Connect and use, until cancelled."""
        while True:
            try:
                await self._once()
            except FAILURES as error:
                self._failed(error)
                await asyncio.sleep(self._backoff.delay().total_seconds())

    async def _once(self) -> None:
        async with asyncio.timeout(self._timeout):
            connection = await connect(self._address, f"srepok-rules-{self._name}")
        try:
            async with asyncio.timeout(self._timeout):
                await check_schema(connection, await detect_capabilities(connection))
            await self._use(connection, self._works)
        finally:
            with contextlib.suppress(*FAILURES):
                await connection.close()

    def _works(self) -> None:
        if self._said:
            log.info("database is there again", use=self._name)
        self.failure, self._said = None, False
        self._backoff.reset()

    def _failed(self, error: BaseException) -> None:
        self.failure = f"{type(error).__name__}: {error}".strip().splitlines()[0]
        # An outage is one line, whatever the words of each attempt.
        if not self._said:
            log.warning("database is away, trying on", use=self._name, reason=self.failure)
            self._said = True


class DatabaseEar:
    """Listens for what changes in the database, and looks at least every few seconds.

    Args:
        channels: to listen on.
        refresh: looks for changes; told which channels spoke, all of them at first.
    """

    def __init__(
        self,
        channels: tuple[str, ...],
        refresh: Callable[[AsyncConnection, frozenset[str]], Awaitable[None]],
    ) -> None:
        self._channels = channels
        self._refresh = refresh

    async def use(self, connection: AsyncConnection, works: Callable[[], None]) -> None:
        """Listen on a connection until it ends."""
        for channel in self._channels:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        spoke = frozenset(self._channels)
        while True:
            async with asyncio.timeout(4 * _ASK.total_seconds()):
                await self._refresh(connection, spoke)
            works()
            spoke = frozenset(
                [
                    notify.channel
                    async for notify in connection.notifies(
                        timeout=_ASK.total_seconds(), stop_after=1
                    )
                ]
            )
