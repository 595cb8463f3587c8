"""Ways to have rows of the database, side by side: why history is read by a binary cursor."""

import csv
import struct
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final, LiteralString

from psycopg import AsyncConnection, AsyncServerCursor, sql

_ROWS: Final = 10_000
_LAG: Final = timedelta(minutes=15)
_SELECT: Final[LiteralString] = """
    SELECT extract(epoch FROM received_at)::float8 AS at, device_id, boot_id, seq, backfill,
        coalesce(interval_seconds, 0)::float8 AS interval,
        coalesce(1 - probes_ok::float8 / nullif(probes_sent, 0), -1) AS loss
    FROM link_reports
    WHERE received_at >= {start} AND received_at < {end}
        AND observed_at >= {start} - {lag} AND observed_at < {end} + {lag}
    ORDER BY received_at
"""
_ARRAYS: Final[LiteralString] = """
    SELECT array_agg(at), array_agg(device_id), array_agg(boot_id), array_agg(seq),
        array_agg(backfill), array_agg(interval), array_agg(loss)
    FROM (SELECT *, (row_number() OVER () - 1) / 10000 AS part FROM ({rows}) AS rows) AS parts
    GROUP BY part ORDER BY part
"""
_BINARY: Final = struct.Struct(">2x4xd4xi4xq4xq4x?4xd4xd")
_HEADER_BYTES: Final = 19
_TRAILER_BYTES: Final = 2


async def measure_ways(
    connection: AsyncConnection, start: datetime, end: datetime
) -> AsyncIterator[str]:
    """Yield a line for each way: the rows a second, and what they cost us.

    Args:
        connection: in no transaction.
        start: of what is read, by when it was received.
        end: of the same.
    """
    rows = sql.SQL(_SELECT).format(start=start, end=end, lag=_LAG)
    ways = {
        "cursor, binary": _cursor(connection, rows),
        "cursor, arrays of 10,000": _arrays(connection, sql.SQL(_ARRAYS).format(rows=rows)),
        "COPY BINARY and struct": _copy_binary(connection, rows),
        "COPY CSV and csv": _copy_csv(connection, rows),
    }
    for name, way in ways.items():
        began, processor = time.monotonic(), time.process_time()
        count = await way
        seconds, processor = time.monotonic() - began, time.process_time() - processor
        cost = 1e6 * processor / count
        yield f"{name:26} {count / seconds:10,.0f} rows/s, {cost:.2f} microseconds a row of ours"


async def _cursor(connection: AsyncConnection, rows: sql.Composed) -> int:
    count = 0
    async with connection.transaction(), AsyncServerCursor(connection, "rows") as cursor:
        await cursor.execute(rows, binary=True)
        while taken := await cursor.fetchmany(_ROWS):
            count += len(taken)
    return count


async def _arrays(connection: AsyncConnection, arrays: sql.Composed) -> int:
    count = 0
    async with connection.transaction(), AsyncServerCursor(connection, "rows") as cursor:
        await cursor.execute(arrays, binary=True)
        while taken := await cursor.fetchmany(1):
            count += sum(1 for _ in zip(*taken[0], strict=True))
    return count


async def _copy_binary(connection: AsyncConnection, rows: sql.Composed) -> int:
    content = await _copy(connection, rows, sql.SQL("BINARY"))
    whole = content[_HEADER_BYTES:-_TRAILER_BYTES]
    return sum(1 for _ in _BINARY.iter_unpack(whole))


async def _copy_csv(connection: AsyncConnection, rows: sql.Composed) -> int:
    content = await _copy(connection, rows, sql.SQL("CSV"))
    return sum(
        1
        for at, device, boot, seq, backfill, interval, loss in csv.reader(
            content.decode().splitlines()
        )
        if (float(at), int(device), int(boot), int(seq), backfill, float(interval), float(loss))
    )


async def _copy(connection: AsyncConnection, rows: sql.Composed, form: sql.Composable) -> bytes:
    statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT {})").format(rows, form)
    async with connection.cursor() as cursor, cursor.copy(statement) as copy:
        return b"".join([bytes(part) async for part in copy])
