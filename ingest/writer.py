"""The writer: one connection, one transaction a batch, committed or not at all.

Every statement is idempotent by key, so a transaction whose outcome is unknown (the
connection ended during COMMIT) is simply written again.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg import AsyncConnection, AsyncCursor, sql

from ingest.batch import Batch, DeviceState, Row
from ingest.queries import query
from ingest.rejection import DeadLetter
from ingest.rows import LINK_COLUMNS, PRESENCE_COLUMNS, READING_COLUMNS
from runtime.database.capabilities import Capabilities

Columns = Sequence[tuple[LiteralString, LiteralString]]

_STATE_COLUMNS: Columns = (
    ("device_id", "int4"),
    ("received_at", "timestamptz"),
    ("online", "bool"),
    ("online_changed_at", "timestamptz"),
    ("observed_at", "timestamptz"),
    ("boot_id", "int8"),
    ("seq", "int8"),
    ("skew_seconds", "float8"),
)
_LETTER_COLUMNS: Columns = (
    ("digest", "bytea"),
    ("topic", "text"),
    ("payload", "bytea"),
    ("content_type", "text"),
    ("qos", "int2"),
    ("retain", "bool"),
    ("reason", "text"),
    ("detail", "text"),
    ("device_code", "text"),
    ("received_at", "timestamptz"),
)


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
        async with (
            asyncio.timeout(self._timeout),
            self._connection.transaction(),
            self._connection.cursor() as cursor,
        ):
            stored = await self._store(cursor, batch)
            await self._account(cursor, batch, stored)
        offered, new = batch.offered.total(), stored.total()
        return Written(new, offered - new, batch.rejected.total())

    async def _store(self, cursor: AsyncCursor, batch: Batch) -> Counter[datetime]:
        stored: Counter[datetime] = Counter()
        if batch.links:
            await _stage(cursor, "stage_links", LINK_COLUMNS, batch.links)
            if batch.has_corrected:
                await cursor.execute(query("forget_repeated_links"))
            if self._marks:
                await cursor.execute(query("mark_links"))
            stored += await _count(cursor, query("store_links"))
            await cursor.execute(query("update_link_states"))
        if batch.readings:
            await _stage(cursor, "stage_readings", READING_COLUMNS, batch.readings)
            if batch.has_corrected:
                await cursor.execute(query("forget_repeated_readings"))
            if self._marks:
                await cursor.execute(query("mark_readings"))
            stored += await _count(cursor, query("store_readings"))
            await cursor.execute(query("update_sensor_states"))
        if batch.presence:
            await _stage(cursor, "stage_presence", PRESENCE_COLUMNS, batch.presence)
            await cursor.execute(query("forget_repeated_presence"))
            stored += await _count(cursor, query("store_presence"))
        if batch.states:
            states = (_state_row(device, state) for device, state in batch.states.items())
            await _stage(cursor, "stage_states", _STATE_COLUMNS, states)
            await cursor.execute(query("update_device_states"))
        if batch.letters:
            await _stage(cursor, "stage_letters", _LETTER_COLUMNS, map(_letter_row, batch.letters))
            await cursor.execute(query("store_letters"))
        return stored

    async def _account(self, cursor: AsyncCursor, batch: Batch, stored: Counter[datetime]) -> None:
        for minute in sorted(batch.messages):
            offered, new = batch.offered[minute], stored[minute]
            rejected = batch.rejected[minute]
            await cursor.execute(
                query("account"),
                {
                    "minute": minute,
                    "worker": self._worker,
                    "messages": batch.messages[minute],
                    "received": offered + rejected,
                    "stored": new,
                    "duplicate": offered - new,
                    "rejected": rejected,
                },
            )


async def _stage(
    cursor: AsyncCursor, table: LiteralString, columns: Columns, rows: Iterable[Row]
) -> None:
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), names
    )
    async with cursor.copy(statement) as copy:
        copy.set_types([kind for _, kind in columns])
        for row in rows:
            await copy.write_row(row)


async def _count(cursor: AsyncCursor, statement: LiteralString) -> Counter[datetime]:
    await cursor.execute(statement)
    return Counter(dict(await cursor.fetchall()))


def _state_row(device_id: int, state: DeviceState) -> Row:
    online, online_changed_at = state.online or (None, None)
    return (
        device_id,
        state.received_at,
        online,
        online_changed_at,
        state.observed_at,
        state.boot_id,
        state.seq,
        state.skew_seconds,
    )


def _letter_row(letter: DeadLetter) -> Row:
    message = letter.message
    return (
        letter.digest,
        _printable(letter.topic),
        letter.payload,
        None if message.content_type is None else _printable(message.content_type),
        message.qos,
        message.retain,
        str(letter.reason),
        _printable(letter.detail),
        letter.device,
        message.received_at,
    )


def _printable(text: str) -> str:
    # PostgreSQL text holds neither NUL nor lone surrogates; rubbish has both.
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()
