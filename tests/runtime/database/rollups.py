"""Rows to roll up, marked as ingest marks them, and what must come out."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, LiteralString

from psycopg import AsyncConnection

MINUTE: Final = timedelta(minutes=1)

Report = tuple[int, datetime, int, float | None]
"""(device, observed at, seq, median round trip in milliseconds)."""

Bucket = tuple[datetime, int, int, int, float | None, float | None, float | None]
"""(bucket, device, reports, and count, mean, least and greatest of the round trips)."""

_STORE: Final[LiteralString] = """
    INSERT INTO link_reports
        (device_id, observed_at, boot_id, seq, received_at, skew, backfill, rtt_p50_ms)
    VALUES (%s, %s, 1, %s, now(), 'ok', false, %s)
    ON CONFLICT DO NOTHING
"""

_MARK: Final[LiteralString] = """
    INSERT INTO rollup_marks (relation, bucket, device_ids)
    SELECT %s, bucket, array_agg(DISTINCT device_id)
    FROM unnest(%s::timestamptz[], %s::int[]) AS pair (bucket, device_id)
    GROUP BY bucket
"""

_ROLLED: Final[LiteralString] = """
    SELECT bucket, device_id, reports, rtt_p50_ms_count, rtt_p50_ms_avg, rtt_p50_ms_min,
        rtt_p50_ms_max
    FROM link_reports_{level} ORDER BY bucket, device_id
"""

_EXPECTED: Final[LiteralString] = """
    SELECT time_bucket({bucket}, observed_at, 'Asia/Ho_Chi_Minh') AS bucket, device_id,
        count(*), count(rtt_p50_ms), avg(rtt_p50_ms), min(rtt_p50_ms), max(rtt_p50_ms)
    FROM link_reports GROUP BY 1, 2 ORDER BY 1, 2
"""

LEVELS: Final[dict[str, LiteralString]] = {"1m": "'1 minute'", "1h": "'1 hour'", "1d": "'1 day'"}


def past(days: float = 1) -> datetime:
    """Return the start of a UTC hour some days ago: long over, and not yet dropped."""
    at = datetime.now(UTC) - timedelta(days=days)
    return at.replace(minute=0, second=0, microsecond=0)


async def store(connection: AsyncConnection, reports: Iterable[Report]) -> None:
    """Store reports and mark their minutes, in one transaction, as ingest does."""
    reports = list(reports)
    async with connection.transaction(), connection.cursor() as cursor:
        await cursor.executemany(_STORE, reports)
        await mark(connection, reports)


async def mark(connection: AsyncConnection, reports: Iterable[Report]) -> None:
    """Mark the minutes of reports."""
    pairs = [(at.replace(second=0, microsecond=0), device) for device, at, _, _ in reports]
    values = ["link_reports", [at for at, _ in pairs], [device for _, device in pairs]]
    await connection.execute(_MARK, values)


async def roll_up(
    connection: AsyncConnection, max_buckets: int = 100_000
) -> tuple[bool, int, int, bool]:
    """Roll all levels up without waiting for anything; return (busy, marks, buckets, more)."""
    cursor = await connection.execute(
        "SELECT busy, marks, buckets, more FROM roll_up(%s, '0', '0', '0')", [max_buckets]
    )
    row = await cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2], row[3]


async def rolled(connection: AsyncConnection, level: str) -> list[Bucket]:
    """Return a level of the roll-ups of link reports."""
    cursor = await connection.execute(_ROLLED.replace("{level}", level))
    return await cursor.fetchall()


async def expected(connection: AsyncConnection, level: str) -> list[Bucket]:
    """Return what the rows themselves say of that level."""
    cursor = await connection.execute(_EXPECTED.replace("{bucket}", LEVELS[level]))
    return await cursor.fetchall()


def same(found: list[Bucket], wanted: list[Bucket]) -> bool:
    """Whether two levels are equal, their means up to the order of addition."""
    return len(found) == len(wanted) and all(
        (*one[:4], *one[5:]) == (*other[:4], *other[5:])
        and abs((one[4] or 0.0) - (other[4] or 0.0)) < 1e-9 * (1 + abs(other[4] or 0.0))
        for one, other in zip(found, wanted, strict=True)
    )
