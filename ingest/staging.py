"""Staging: rows into the temporary tables of the writer's connection, by binary COPY."""

from collections.abc import Iterable, Mapping
from typing import Final, LiteralString

from psycopg import AsyncCursor, sql

from ingest.batch import DeviceState, Row
from ingest.rejection import DeadLetter
from ingest.rows import Columns

STATE_COLUMNS: Final[Columns] = (
    ("device_id", "int4"),
    ("received_at", "timestamptz"),
    ("online", "bool"),
    ("online_received_at", "timestamptz"),
    ("observed_at", "timestamptz"),
    ("boot_id", "int8"),
    ("seq", "int8"),
    ("skew_seconds", "float8"),
    ("ahead_until", "timestamptz"),
)
LETTER_COLUMNS: Final[Columns] = (
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


async def stage(
    cursor: AsyncCursor, table: LiteralString, columns: Columns, rows: Iterable[Row]
) -> None:
    """Copy rows into a staging table."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name, _ in columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), names
    )
    async with cursor.copy(statement) as copy:
        copy.set_types([kind for _, kind in columns])
        for row in rows:
            await copy.write_row(row)


async def answer(
    cursor: AsyncCursor, statement: LiteralString, parameters: Mapping[str, object] | None = None
) -> list[Row]:
    """Run a statement and return its rows."""
    await cursor.execute(statement, parameters)
    return await cursor.fetchall()


def state_row(device_id: int, state: DeviceState) -> Row:
    """Return the row of one device, in the order of `STATE_COLUMNS`."""
    online, online_received_at = state.online or (None, None)
    return (
        device_id,
        state.received_at,
        online,
        online_received_at,
        state.observed_at,
        state.boot_id,
        state.seq,
        state.skew_seconds,
        state.ahead_until,
    )


def letter_row(letter: DeadLetter) -> Row:
    """Return the row of one dead letter, in the order of `LETTER_COLUMNS`."""
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
