"""`python -m tests.bench.dashboards`: how long the queries of the boards take."""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles

from psycopg import AsyncConnection

from dashboards.board import Board
from dashboards.boards import all_boards
from dashboards.commands.preview import opening_range
from dashboards.expand import expand
from dashboards.preview.asking import ask
from deploy.postgres import Postgres
from deploy.toolchain import Toolchain, find_home
from province.metrics import catalogue
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.migrate import migrate
from simulators.generate import generate_inventory
from tests.dashboards.asking import panel_queries, screen_of
from tests.dashboards.fill import fill

_ALLOWED_MS = 200


def main() -> None:
    """Fill a database, ask every query of every board, and print what each took."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.dashboards", description=__doc__)
    add = parser.add_argument
    add("--scale", type=float, default=1, help="of the province (default 1: all of it)")
    add("--days", type=float, default=30, help="of hours, days, spells, accounts (default 30)")
    add("--minute-days", type=float, default=1, help="of minutes (default 1)")
    add("--repeat", type=int, default=20, help="how often each query is asked (default 20)")
    add("--board", help="only this one")
    add("--plans", action="store_true", help="print the plans of those that take too long")
    asyncio.run(_bench(parser.parse_args()))


async def _bench(options: argparse.Namespace) -> None:
    boards = [board for board in all_boards() if options.board in {None, board.name}]
    async with filled(options.scale, options.days, options.minute_days) as connection:
        for span in (None, timedelta(days=options.days)):
            print(f"\n{'the time that a board opens with' if span is None else span}", flush=True)
            for board in boards:
                await _measure(connection, board, span or opening_range(board), options)


@asynccontextmanager
async def filled(scale: float, days: float, minute_days: float) -> AsyncIterator[AsyncConnection]:
    """Open a database with a province's past, as Grafana's login, and throw it away in the end."""
    toolchain = Toolchain(find_home())
    inventory = generate_inventory(1, scale=scale)
    with tempfile.TemporaryDirectory(prefix="srepok-bench-") as name:
        # Durability is not what is measured, and filling is the longest part.
        quick = {"fsync": "off", "synchronous_commit": "off", "max_wal_size": "8GB"}
        postgres = Postgres(toolchain, Path(name) / "postgres", settings=quick)
        postgres.start()
        try:
            postgres.create_database("srepok")
            address = DatabaseAddress.from_url(
                postgres.url("srepok", "postgres", with_password=True)
            )
            async with await connect(address, "bench") as connection:
                await migrate(connection)
                await import_inventory(
                    connection,
                    inventory,
                    catalogue().values(),
                    source="bench",
                    now=datetime.now(UTC),
                )
                began = time.monotonic()
                await fill(
                    connection,
                    days=days,
                    minute_days=minute_days,
                    outages_a_day=0.3,
                    open_every=40,
                )
                await _tell_size(connection, time.monotonic() - began, days)
                await connection.execute("SET ROLE srepok_grafana")
                yield connection
        finally:
            postgres.kill()


async def _tell_size(connection: AsyncConnection, seconds: float, days: float) -> None:
    answer = await ask(
        connection,
        """
        SELECT (SELECT count(*) FROM devices), (SELECT count(*) FROM link_reports_1m),
            (SELECT count(*) FROM link_reports_1h), (SELECT count(*) FROM village_spells),
            (SELECT count(*) FROM incidents), pg_database_size(current_database()) / 1e9
        """,
    )
    devices, minutes, hours, spells, incidents, size = answer.rows[0]
    print(
        f"{days:g} days of {devices:,} devices, filled in {seconds:.0f} s: {minutes:,} minutes and "
        f"{hours:,} hours of links, {spells:,} spells of villages, {incidents:,} incidents, "
        f"{size:.1f} GB",
        flush=True,
    )


async def _measure(
    connection: AsyncConnection, board: Board, span: timedelta, options: argparse.Namespace
) -> None:
    screen = await screen_of(connection, board, span)
    for asked in panel_queries(board):
        sql = expand(asked.sql, screen)
        took = [await _took(connection, sql) for _ in range(options.repeat)]
        p95 = quantiles(took, n=20)[-1]
        mark = "  too long" if p95 > _ALLOWED_MS else ""
        print(f"  {median(took):8.1f} ms {p95:8.1f} ms p95  {asked.name}{mark}", flush=True)
        if mark and options.plans:
            plan = await ask(connection, f"EXPLAIN (ANALYZE, COSTS off, TIMING off) {sql}")
            _show(row[0] for row in plan.rows)


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"      {line}")


async def _took(connection: AsyncConnection, sql: str) -> float:
    began = time.monotonic()
    await ask(connection, sql)
    return (time.monotonic() - began) * 1000


if __name__ == "__main__":
    main()
