"""Writing: the outbox into the database, in order, whenever there is one."""

import asyncio
from collections.abc import Callable, Collection
from typing import Final

from psycopg import AsyncConnection, DataError, IntegrityError

from rules.service.outbox import Outbox
from rules.store.changes import Change, apply_changes
from rules.store.orphans import clear_orphans
from runtime.clock import Clock
from runtime.database.lock import be_the_writer
from runtime.logs import get_logger

log = get_logger(__name__)

_BATCH: Final = 200
_REFUSALS: Final = (DataError, IntegrityError, ValueError, TypeError, OverflowError)
"""The database, or psycopg on the way to it, cannot take a value: the same again never will do."""


class OutboxWriter:
    """Writes the outbox over a connection.

    Args:
        outbox: has what is to be written.
        timeout: for one transaction, in seconds.
        clock: tells the time.

    Attributes:
        known: returns the names of open incidents, once they are known.
        refused: changes that the database cannot take, which is a bug.
    """

    def __init__(self, outbox: Outbox, timeout: float, clock: Clock) -> None:
        self._outbox = outbox
        self._timeout = timeout
        self._clock = clock
        self.known: Callable[[], Collection[str]] | None = None
        self.refused = 0
        self._looked_for_orphans = False

    async def use(self, connection: AsyncConnection, works: Callable[[], None]) -> None:
        """Write what comes, until the connection ends.

        Raises:
            WriterError: another service writes to this database.
        """
        async with asyncio.timeout(self._timeout):
            await be_the_writer(connection)
        while True:
            if self._outbox.empty.is_set():
                await self._end_orphans(connection)
                works()
            await self._outbox.filled.wait()
            await self._write(connection, self._outbox.first(_BATCH))
            works()

    async def _end_orphans(self, connection: AsyncConnection) -> None:
        """End what stands open in the database and nobody knows any more, once a start."""
        if self._looked_for_orphans or self.known is None:
            return
        async with asyncio.timeout(self._timeout):
            names = await clear_orphans(connection, self.known(), self._clock.now())
        self._looked_for_orphans = True
        if names:
            log.warning(
                "incidents stood open in the database that are not remembered; they are ended",
                incidents=names,
            )

    async def _write(self, connection: AsyncConnection, changes: list[Change]) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await apply_changes(connection, changes)
        except _REFUSALS as error:
            if len(changes) > 1:
                # It is one of them: its neighbours must not suffer for it.
                half = len(changes) // 2
                await self._write(connection, changes[:half])
                await self._write(connection, changes[half:])
                return
            self.refused += 1
            log.error(  # noqa: TRY400 - what was refused says more than where
                "the database refuses what was decided; it is let go",
                what=repr(changes[0])[:500],
                reason=f"{type(error).__name__}: {error}",
            )
        self._outbox.written(changes)
