"""The writer: one connection, one transaction a batch, committed or not at all.

Every statement is idempotent by key, so a transaction whose outcome is unknown (the
connection ended during COMMIT) is simply written again.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection, AsyncCursor, DataError, Error, IntegrityError

from ingest.batch import Batch
from ingest.instants import ClockLimits
from ingest.queries import query
from ingest.rows import LINK_COLUMNS, PRESENCE_COLUMNS, READING_COLUMNS, claims
from ingest.staging import (
    LETTER_COLUMNS,
    STATE_COLUMNS,
    answer,
    letter_row,
    stage,
    state_row,
)
from ingest.tally import Tally
from runtime.database.capabilities import Capabilities

REFUSALS: Final = (DataError, IntegrityError, ValueError, TypeError, OverflowError)
"""The database, or psycopg on the way to it, cannot take a value: the same again never will do."""

_PARTED: Final = timedelta(seconds=1)
"""More than the microseconds by which moved readings are kept apart."""


@dataclass(frozen=True, slots=True)
class Written:
    """What one committed transaction did, in records.

    Attributes:
        stored: rows that were new.
        duplicate: rows that were there already.
        rejected: dead letters.
    """

    stored: int
    duplicate: int
    rejected: int


class Writer:
    """Writes batches over one open connection.

    Args:
        connection: in no transaction; the writer is its only user.
        capabilities: of the database behind it.
        worker: the name under which the accounts are kept.
        timeout: for one transaction. psycopg then cancels it; where the server does not even
            answer to that, it closes the connection after another few seconds.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        capabilities: Capabilities,
        worker: str,
        timeout: timedelta,
    ) -> None:
        self._connection = connection
        self._marks = not capabilities.continuous_aggregates
        self._worker = worker
        self._timeout = timeout.total_seconds()

    async def prepare(self) -> None:
        """Create the staging tables of this connection; call once before the first `write`."""
        async with self._connection.transaction():
            await self._connection.execute(query("stage"))

    async def write(self, batch: Batch) -> Written:
        """Write a batch in one transaction and return once it is committed.

        Raises:
            psycopg.Error: nothing was written, or the connection ended during the commit.
            TimeoutError: the database took too long; the connection is closed.
        """
        tally = Tally()
        async with (
            asyncio.timeout(self._timeout),
            self._connection.transaction(),
            self._connection.cursor() as cursor,
        ):
            await self._store(cursor, batch, tally)
            await self._account(cursor, batch, tally)
        return Written(tally.stored.total(), tally.duplicate.total(), tally.rejected.total())

    async def _store(self, cursor: AsyncCursor, batch: Batch, tally: Tally) -> None:
        # States last: the rows of this batch are looked for by what was known before it.
        if batch.links:
            await self._store_links(cursor, batch, tally)
        if batch.readings:
            await self._store_readings(cursor, batch, tally)
        if batch.presence:
            await _store_presence(cursor, batch, tally)
        if batch.states:
            states = (state_row(device, state) for device, state in batch.states.items())
            await stage(cursor, "stage_states", STATE_COLUMNS, states)
            await cursor.execute(query("update_device_states"))
        if batch.letters:
            await stage(cursor, "stage_letters", LETTER_COLUMNS, map(letter_row, batch.letters))
            tally.count_letters(await answer(cursor, query("count_letters")))
            await cursor.execute(query("store_letters"))

    async def _store_links(self, cursor: AsyncCursor, batch: Batch, tally: Tally) -> None:
        await stage(cursor, "stage_links", LINK_COLUMNS, batch.links)
        window = _window(claims(batch.links, LINK_COLUMNS), batch.clock)
        tally.count_forgotten(await answer(cursor, query("forget_repeated_links"), window))
        if self._marks:
            await cursor.execute(query("mark_links"))
        tally.count_stored(await answer(cursor, query("store_links")))
        await cursor.execute(query("update_link_states"))

    async def _store_readings(self, cursor: AsyncCursor, batch: Batch, tally: Tally) -> None:
        await stage(cursor, "stage_readings", READING_COLUMNS, batch.readings)
        window = _window(claims(batch.readings, READING_COLUMNS), batch.clock)
        tally.count_forgotten(await answer(cursor, query("forget_repeated_readings"), window))
        while batch.has_moved_readings:
            await cursor.execute(query("part_moved_readings"), window)
            if cursor.rowcount == 0:
                break
        if self._marks:
            await cursor.execute(query("mark_readings"))
        tally.count_stored(await answer(cursor, query("store_readings")))
        await cursor.execute(query("update_sensor_states"))

    async def _account(self, cursor: AsyncCursor, batch: Batch, tally: Tally) -> None:
        for minute in sorted({*batch.messages, *tally.minutes}):
            await cursor.execute(
                query("account"),
                {
                    "minute": minute,
                    "worker": self._worker,
                    "messages": batch.messages[minute],
                    "received": batch.received[minute],
                    "stored": tally.stored[minute],
                    "duplicate": tally.duplicate[minute],
                    "rejected": tally.rejected[minute],
                },
            )


async def _store_presence(cursor: AsyncCursor, batch: Batch, tally: Tally) -> None:
    await stage(cursor, "stage_presence", PRESENCE_COLUMNS, batch.presence)
    earliest = min(claims(batch.presence, PRESENCE_COLUMNS))
    reach = batch.clock.maximum_age + batch.clock.maximum_ahead
    window = {"oldest": earliest - reach}
    tally.count_forgotten(await answer(cursor, query("forget_repeated_presence"), window))
    tally.count_stored(await answer(cursor, query("store_presence")))


def _window(claimed: list[datetime], clock: ClockLimits) -> dict[str, datetime]:
    """Return between which times earlier copies of rows with these claims are kept."""
    earliest = min(claimed)
    return {
        "from": earliest,
        "until": max(claimed),
        "moved_from": earliest - clock.maximum_ahead - _PARTED,
    }


def explain(refusal: Exception) -> str:
    """Return what a refusal of `REFUSALS` says, with its SQLSTATE where there is one."""
    sqlstate = refusal.sqlstate if isinstance(refusal, Error) else None
    state = f"SQLSTATE {sqlstate}: " if sqlstate else ""
    return f"{state}{type(refusal).__name__}: {refusal}"
