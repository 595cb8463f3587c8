"""`python -m rules backtest`: decide over stored history, and compare."""

import argparse
import asyncio
import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from province.inventory import Inventory, read_inventory
from rules.backtest.comparison import compare
from rules.backtest.course import Tell
from rules.backtest.findings import Findings
from rules.backtest.inventory import read_stored_inventory
from rules.backtest.judging import NO_LIMIT, Judging
from rules.backtest.live import read_live
from rules.backtest.period import Period, parse_instant
from rules.backtest.results import Results
from rules.backtest.run import Outcome, backtest
from rules.backtest.table import table
from rules.backtest.verdicts import Verdict
from rules.commands.files import file_of
from rules.errors import UsageError
from rules.model import IncidentClass, Transition
from rules.rulebook.book import RuleBook
from rules.rulebook.reader import read_rulebook
from runtime.database.capabilities import detect_capabilities
from runtime.database.checks import check_schema
from runtime.database.connection import DatabaseAddress, connect
from runtime.settings import parse_duration

LIVE: Final = "live"
_NAME: Final = "srepok-rules-backtest"

_EXAMPLE: Final = """\
examples:
  python -m rules backtest --from 2026-11-23 --to 2026-11-24 --against live
  python -m rules backtest --from 2026-11-23T06:00 --to 2026-11-23T18:00 \\
      --rulebook rules.d --against rules.new --out compared

A time without a zone is the province's. docs/operations/backtest.md says what history can tell.

environment:
  DATABASE_URL            postgresql://user@host:port/name
  DATABASE_PASSWORD_FILE  file with the database password
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "backtest",
        help="decide over stored history, and compare",
        description="Decide over stored history, and compare with other rules or with what was"
        " decided live.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--from", dest="start", type=_instant, required=True, metavar="TIME", help="start")
    add("--to", dest="end", type=_instant, required=True, metavar="TIME", help="end, left out")
    add("--rulebook", type=Path, metavar="DIR", help="judge by its rules too")
    add(
        "--against",
        metavar="DIR|live",
        help="compare with another rulebook, or with what was decided live",
    )
    add("--inventory", type=Path, metavar="FILE", help="what there was (default: the database's)")
    add("--out", type=Path, metavar="DIR", help="write all of it there too")
    add("--format", choices=("table", "json"), default="table", help="what is printed")
    add(
        "--warm-up",
        type=_duration,
        default=timedelta(minutes=30),
        metavar="DURATION",
        help="read so much before the start (default 30m)",
    )
    add(
        "--tolerance",
        type=_duration,
        default=timedelta(seconds=10),
        metavar="DURATION",
        help="times that differ by no more are the same (default 10s)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the backtest and print what it found; return the exit code."""
    period = Period(options.start, options.end, options.warm_up)
    address = DatabaseAddress.from_environment(environ)
    plan = _plan(options, period)
    with ExitStack() as stack:
        with file_of("--out", options.out):
            results = stack.enter_context(Results(options.out)) if options.out else None
        findings = asyncio.run(_run(address, plan, results.tell if results else _hear_nothing))
        if results is not None:
            results.keep(findings)
    if options.format == "json":
        lines = [json.dumps(findings.plain(), indent=2, ensure_ascii=False)]
    else:
        lines = list(table(findings))
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is asked for; files are read."""

    period: Period
    inventory: Inventory | None
    books: tuple[RuleBook, ...]
    against: str | None
    tolerance: float


def _plan(options: argparse.Namespace, period: Period) -> _Plan:
    with file_of("--inventory", options.inventory):
        inventory = read_inventory(options.inventory) if options.inventory else None
    books = []
    if options.rulebook is not None:
        with file_of("--rulebook", options.rulebook):
            books.append(read_rulebook(options.rulebook))
    if options.against not in {None, LIVE}:
        if not books:
            raise UsageError(f"--against {options.against}: name the first rulebook by --rulebook")
        with file_of("--against", Path(options.against)):
            books.append(read_rulebook(Path(options.against)))
    tolerance = options.tolerance.total_seconds()
    return _Plan(period, inventory, tuple(books), options.against, tolerance)


async def _run(address: DatabaseAddress, plan: _Plan, tell: Tell) -> Findings:
    async with await connect(address, _NAME, statement_timeout=NO_LIMIT) as connection:
        await check_schema(connection, await detect_capabilities(connection))
        inventory = plan.inventory or await read_stored_inventory(connection, plan.period.ends_at)
        judging = Judging(address, plan.period, inventory, plan.books) if plan.books else None
        outcome = await backtest(connection, plan.period, inventory, tell, judging)
        live = await read_live(connection, plan.period) if plan.against == LIVE else []
    if not plan.books:
        # Only what was decided in the same way can be compared.
        live = [verdict for verdict in live if verdict.incident_class is not IncidentClass.RULE]
    incidents = _together(outcome, 0)
    if plan.against is None:
        return Findings(plan.period, outcome, incidents)
    others = tuple(live) if plan.against == LIVE else _together(outcome, 1)
    # What is tried comes second: gained is what it finds and the other does not.
    comparison = compare(incidents, others, plan.tolerance)
    return Findings(plan.period, outcome, incidents, plan.against, others, comparison)


def _together(outcome: Outcome, place: int) -> tuple[Verdict, ...]:
    alerts = outcome.alerts[place] if place < len(outcome.alerts) else ()
    return tuple(sorted((*outcome.outages, *alerts), key=lambda each: each.opened_at))


def _hear_nothing(_transition: Transition) -> None:
    """Do nothing with a transition."""


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a time such as 2026-11-23T07:00") from None


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None
