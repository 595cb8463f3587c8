"""`python -m tests.bench.dashboards`: is all there that boards ask for, and how long it takes.

Each query of each panel, variable and annotation is asked a number of times as Grafana's login,
over the time that its board opens with and over all days. The exit code is 1 if one has no rows or
the wrong ones, takes longer than it may, or reads what it must not.
"""

import argparse
import asyncio
import math
import os
import sys
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from statistics import median

from psycopg import AsyncConnection

from dashboards.board import Board
from dashboards.boards import all_boards
from dashboards.commands.preview import opening_range
from dashboards.preview.asking import ask
from tests.bench.board_database import CatchUp, existing, filled, simulated
from tests.dashboards.plans import BOUNDED, MINUTES, RAW, ROLL_UPS, Scan, scans_of
from tests.dashboards.proof import FAILS, Asked, prove, questions, rightly_empty, worst_screen
from tests.dashboards.simulated.past import Plan
from tests.servers import DATABASE_VARIABLE

_ALLOWED_MS = 200
_LONG = timedelta(days=15)
"""Over so long a time minutes are not to be read, however fast that may be."""
_FEW_ROWS = 1_000
"""A chunk with so few rows is a page or two: an index would be slower."""


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
    add("--simulated", action="store_true", help="by simulators, ingest, rules and books")
    add("--minutes", type=float, default=10, help="simulated: between reports (default 10)")
    add("--url", help="of a database that is filled already, as its owner; it stays as it is")
    options = parser.parse_args()
    problems = asyncio.run(_bench(options))
    print(f"\n{len(problems)} problems" + "".join(f"\n  {problem}" for problem in problems))
    sys.exit(1 if problems else 0)


async def _bench(options: argparse.Namespace) -> list[str]:
    boards = [board for board in all_boards() if options.board in {None, board.name}]
    problems: list[str] = []
    async with _database(options) as (connection, catch_up):
        for span in (None, timedelta(days=options.days)):
            print(f"\n{'the time that a board opens with' if span is None else span}", flush=True)
            for board in boards:
                await catch_up()
                problems += await _measure(connection, board, span or opening_range(board), options)
    return problems


@asynccontextmanager
async def _database(
    options: argparse.Namespace,
) -> AsyncIterator[tuple[AsyncConnection, CatchUp]]:
    server = os.environ.get(DATABASE_VARIABLE)
    if options.url is not None:
        async with existing(options.url, options.days, time.monotonic()) as made:
            yield made
    elif options.simulated:
        plan = Plan(options.days, options.scale, timedelta(minutes=options.minutes))
        async with simulated(plan, server) as made:
            yield made
    else:
        async with filled(options.scale, options.days, options.minute_days, server) as made:
            yield made


async def _measure(
    connection: AsyncConnection, board: Board, span: timedelta, options: argparse.Namespace
) -> list[str]:
    screen = await worst_screen(connection, board, span)
    problems: list[str] = []
    for asked in questions(board, screen):
        wrong = await _look(connection, asked, span, options.days)
        if any(each.startswith(FAILS) for each in wrong):
            problems += [f"{asked.name}, {span}: {each}" for each in wrong]
            continue
        took = sorted([await _took(connection, asked.sql) for _ in range(options.repeat)])
        p95 = _p95(took)
        if p95 > _ALLOWED_MS:
            wrong.append(f"{p95:.0f} ms at p95 of {len(took)} rounds")
        print(
            f"  {median(took):8.1f} ms {p95:8.1f} ms p95  {asked.name}  {'; '.join(wrong)}",
            flush=True,
        )
        if p95 > _ALLOWED_MS and options.plans:
            plan = await ask(connection, f"EXPLAIN (ANALYZE, BUFFERS, COSTS off) {asked.sql}")
            _show(row[0] for row in plan.rows)
        problems += [f"{asked.name}, {span}: {each}" for each in wrong]
    return problems


async def _look(
    connection: AsyncConnection, asked: Asked, span: timedelta, days: float
) -> list[str]:
    """Return what is wrong with an answer, and with how it came about."""
    wrong = await prove(connection, asked)
    if rightly_empty(asked.name, days):
        wrong = [each for each in wrong if each != "no rows"]
    if any(each.startswith(FAILS) for each in wrong):
        return wrong
    scans = await scans_of(connection, asked.sql)
    return wrong + sorted({each for scan in scans for each in _faults(asked.name, scan, span)})


def _faults(name: str, scan: Scan, span: timedelta) -> Iterable[str]:
    if scan.relation in ROLL_UPS | RAW and scan.is_sequential and scan.rows > _FEW_ROWS:
        yield f"reads a whole chunk of {scan.relation}"
    if scan.relation in MINUTES and span > _LONG and name not in BOUNDED:
        yield f"reads {scan.relation} of a long time"
    if scan.relation in RAW:
        yield f"reads {scan.relation}"


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"      {line}")


def _p95(took: Sequence[float]) -> float:
    """Return the time that 95 of 100 rounds kept to, of sorted ones; of 20 that is the 19th."""
    return took[math.ceil(0.95 * len(took)) - 1]


async def _took(connection: AsyncConnection, sql: str) -> float:
    """Return milliseconds until the last row has arrived; what we would make of them is ours."""
    began = time.monotonic()
    await connection.execute(sql.encode())
    return (time.monotonic() - began) * 1000


if __name__ == "__main__":
    main()
