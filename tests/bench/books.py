"""`python -m tests.bench.books`: what a month of the whole province costs the books."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, LiteralString

from psycopg import AsyncConnection

from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from province.metrics import catalogue
from rules.books.builder import build_days, tick
from rules.books.days import midnight
from rules.books.report import Request, load_report
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.migrate import migrate
from simulators.generate import generate_inventory

_FIRST: Final = date(2026, 3, 1)
_LAST: Final = date(2026, 3, 31)

_FILL: Final[LiteralString] = """
    SELECT setseed(0.5);
    INSERT INTO incidents (incident_id, class, severity, status, root, root_kind, onset_at,
        opened_at, changed_at, planned, notified, flapping, reason, villages, links, households,
        communes, operators, revision)
    SELECT 'i' || number, 'outage', 'major', 'open', ARRAY[node_code], kind, onset, onset, onset,
        false, true, false, 'bench', 1, 1, 1, '{}', '{}', 1
    FROM (
        SELECT row_number() OVER () AS number, node_code, kind,
            '2026-03-01'::timestamptz + random() * interval '31 days' AS onset
        FROM nodes, generate_series(1, 2) WHERE kind <> 'operator_core'
    ) AS faults;
    -- Twice a month each link falls for some time, and so does each village with a chance of two.
    CREATE TEMPORARY TABLE falls AS
    SELECT kind, code, since, least(until, coalesce(
        lead(since) OVER (PARTITION BY kind, code ORDER BY since), until)) AS until, incident
    FROM (
        SELECT kind, code, since, since + (60 + random() * 7200) * interval '1 second' AS until,
            'i' || (1 + floor(random() * 2000))::integer AS incident
        FROM (
            SELECT kind, code, '2026-03-01'::timestamptz + random() * interval '30 days' AS since
            FROM (SELECT 'village', village_code FROM villages, generate_series(1, 2)
                UNION ALL SELECT 'link', link_code FROM links, generate_series(1, 2))
                AS places (kind, code)
        ) AS drawn
    ) AS fallen;
    CREATE TEMPORARY TABLE edges AS
    SELECT kind, code, since, until, CASE kind WHEN 'link' THEN 'down' ELSE 'dark' END AS state,
        incident FROM falls
    UNION ALL
    SELECT kind, code, until,
        lead(since) OVER (PARTITION BY kind, code ORDER BY since),
        CASE kind WHEN 'link' THEN 'up' ELSE 'served' END, NULL FROM falls
    UNION ALL
    SELECT kind, code, '2026-02-28', min(since), CASE kind WHEN 'link' THEN 'up' ELSE 'served' END,
        NULL FROM falls GROUP BY kind, code;
    INSERT INTO village_spells
    SELECT code, since, until, state, 'bench', incident, since, 0 FROM edges
    WHERE kind = 'village' AND (until IS NULL OR until > since);
    INSERT INTO link_spells
    SELECT code, since, until, state, 'bench', incident, since, 0 FROM edges
    WHERE kind = 'link' AND (until IS NULL OR until > since);
    INSERT INTO watch_spells VALUES ('rules-1', '2026-02-28', NULL, '2026-04-30');
    DELETE FROM book_marks;
    ANALYZE;
"""


def main() -> None:
    """Fill a database, and print what each piece of work took."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.books", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="of the province (default 1)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
        postgres = Postgres(Toolchain(find_home()), Path(name) / "postgres")
        postgres.start()
        try:
            postgres.create_database("srepok")
            url = postgres.url("srepok", "postgres", with_password=True)
            asyncio.run(_bench(DatabaseAddress.from_url(url), options.scale))
        finally:
            postgres.kill()


async def _bench(address: DatabaseAddress, scale: float) -> None:
    inventory = generate_inventory(1, scale=scale)
    async with await connect(address, "bench") as connection:
        await migrate(connection)
        metrics = catalogue().values()
        start = midnight(_FIRST)
        await import_inventory(connection, inventory, metrics, source="bench", now=start)
        await connection.execute(_FILL)
        spells = await _count(connection, "village_spells"), await _count(connection, "link_spells")
        print(
            f"{len(inventory.villages):,} villages, {len(inventory.links):,} links,"
            f" {sum(spells):,} spells in {(_LAST - _FIRST).days + 1} days"
        )
        await _measure(connection)


async def _measure(connection: AsyncConnection) -> None:
    end = midnight(_LAST) + timedelta(hours=20)
    minute = timedelta(minutes=1)

    async def month(now: datetime) -> str:
        return f"{(await build_days(connection, _FIRST, _LAST, now)).written:,} rows"

    async def newest(now: datetime) -> str:
        return f"{(await tick(connection, now)).written:,} rows"

    async def late(now: datetime) -> str:
        await connection.execute(
            "UPDATE village_spells SET state = 'degraded' WHERE state = 'dark'"
            " AND since BETWEEN '2026-03-10 00:00+07' AND '2026-03-10 06:00+07'"
        )
        return await newest(now)

    async def report(by: str) -> str:
        request = Request(_FIRST, _LAST, by=by)
        return f"{len((await load_report(connection, request, end)).rows):,} rows"

    await _timed("a month built for the first time", lambda: month(end))
    await _timed("a month built again", lambda: month(end + minute))
    hour = timedelta(hours=1)
    await _timed("a tick without news", lambda: newest(end + 5 * minute))
    await _timed("a tick with the day under way, each hour", lambda: newest(end + 2 * hour))
    await _timed("a tick with corrections of an old day", lambda: late(end + 2 * hour + 5 * minute))
    for by in ("province", "commune", "village", "operator", "cause"):
        await _timed(f"a report of the month by {by}", lambda by=by: report(by))  # type: ignore[misc] # mypy has no type for a default


async def _timed(name: str, work: Callable[[], Awaitable[str]]) -> None:
    began = time.perf_counter()
    said = await work()
    print(f"{name:<45}{time.perf_counter() - began:8.2f} s  {said}", flush=True)


async def _count(connection: AsyncConnection, table: LiteralString) -> int:
    cursor = await connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - the bench's own word
    row = await cursor.fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main()
