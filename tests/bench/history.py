"""A day of history for measuring: a few hours as ingest stores them, repeated."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, LiteralString

from psycopg import AsyncConnection, sql

from ingest.batch import Row
from ingest.decode import Decoder
from ingest.inventory import latest_revision, load_registry
from ingest.rows import LINK_COLUMNS, PRESENCE_COLUMNS, READING_COLUMNS, Columns
from ingest.staging import stage
from tests.eventlog import LIMITS, messages_of

_BATCH: Final = 50_000
_TABLES: Final[tuple[tuple[LiteralString, Columns], ...]] = (
    ("link_reports", LINK_COLUMNS),
    ("sensor_readings", READING_COLUMNS),
    ("presence_events", PRESENCE_COLUMNS),
)
_STAGED: Final[Mapping[str, LiteralString]] = {
    "skew": "skew::skew_class",
    "detail": "detail::jsonb",
}
_SHIFTED: Final[Mapping[str, LiteralString]] = {
    "observed_at": "observed_at + %(by)s",
    "received_at": "received_at + %(by)s",
    "device_time": "device_time + %(by)s",
    # A boot's number is larger than that of the one before it; here it is a time in seconds.
    "boot_id": "boot_id + %(seconds)s",
}


async def store_history(connection: AsyncConnection, lines: Iterable[bytes]) -> int:
    """Store an event log as ingest's decoder understands it, by COPY; return how many messages.

    Ingest's own writer keeps states and accounts beside, and would take several times as long.
    """
    registry = await load_registry(connection, await latest_revision(connection), "66")
    decoder = Decoder(registry, LIMITS)
    for table, columns in _TABLES:
        types = ", ".join(f"{name} {kind}" for name, kind in columns)
        statement = f"CREATE TEMP TABLE new_{table} ({types}) ON COMMIT DELETE ROWS"
        await connection.execute(statement.encode())
    messages = messages_of(lines)
    count = 0
    while taken := list(islice(messages, _BATCH)):
        batch = decoder.new_batch()
        for message in taken:
            decoder.decode(message, batch)
        async with connection.transaction():
            for (table, columns), rows in zip(
                _TABLES, (batch.links, batch.readings, batch.presence), strict=True
            ):
                await _store(connection, table, columns, rows)
        count += len(taken)
    return count


async def repeat_history(
    connection: AsyncConnection, start: datetime, length: timedelta, times: int
) -> None:
    """Have a stretch of history happen again, one time right after the other.

    Args:
        connection: to a database that has the stretch, and what came before it.
        start: of the stretch; what was received after it goes.
        length: of the stretch.
        times: how often it is there in the end.
    """
    period = {"from": start, "until": start + length}
    for table, columns in _TABLES:
        name = sql.Identifier(table)
        await connection.execute(
            sql.SQL("DELETE FROM {} WHERE received_at >= %(until)s").format(name), period
        )
        names = [column for column, _ in columns]
        statement = sql.SQL(
            "INSERT INTO {} ({}) SELECT {} FROM {}"
            " WHERE received_at >= %(from)s AND received_at < %(until)s ORDER BY received_at"
        ).format(name, _list(names, {}), _list(names, _SHIFTED), name)
        for number in range(1, times):
            by = length * number
            values = {"by": by, "seconds": round(by.total_seconds())}
            await connection.execute(statement, period | values)
    await connection.execute("VACUUM (ANALYZE) link_reports, sensor_readings, presence_events")


async def _store(
    connection: AsyncConnection, table: LiteralString, columns: Columns, rows: Sequence[Row]
) -> None:
    if not rows:
        return
    names = [name for name, _ in columns]
    async with connection.cursor() as cursor:
        await stage(cursor, f"new_{table}", columns, rows)
        await cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(
                sql.Identifier(table),
                _list(names, {}),
                _list(names, _STAGED),
                sql.Identifier(f"new_{table}"),
            )
        )


def _list(names: Sequence[str], instead: Mapping[str, LiteralString]) -> sql.Composable:
    return sql.SQL(", ").join(
        sql.SQL(instead[name]) if name in instead else sql.Identifier(name) for name in names
    )
