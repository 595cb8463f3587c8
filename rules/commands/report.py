"""`python -m rules report`: what the books say, or how things stand now."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from psycopg import AsyncConnection

from rules.books.builder import build_days
from rules.books.page import page
from rules.books.present import load_present
from rules.books.report import GROUPS, Report, load_report
from rules.books.request import request_of
from rules.books.sheet import present_sheet, sheet
from rules.books.table import present_table, table
from rules.books.words import LANGUAGES, words_of
from rules.commands.files import file_of
from rules.errors import UsageError
from rules.store.places import check_places
from runtime.clock import Clock, SystemClock
from runtime.database.connection import DatabaseAddress, connect

_NAME: Final = "srepok-rules-report"
_FORMATS: Final = ("table", "csv", "html")

_EXAMPLES: Final = """\
examples:
  python -m rules report --month 2026-03
  python -m rules report --month 2026-03 --commune 24133 --by village --format csv --out march.csv
  python -m rules report --month 2026-03 --operator vnpt --by cause
  python -m rules report --month 2026-03 --format html --language vi --out march.html
  python -m rules report --now

environment:
  DATABASE_URL, DATABASE_PASSWORD_FILE

docs/operations/books.md defines every figure and the columns of the CSV.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "report",
        help="availability by village, commune, operator or cause",
        description="Say for how long whom was without broadband, and why; or how it is now.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--month", metavar="YYYY-MM", help="of local days")
    what.add_argument("--now", action="store_true", help="what of the stated shares is true now")
    add = parser.add_argument
    add("--commune", metavar="CODE", help="of this commune only")
    add("--operator", metavar="CODE", help="of this operator's links only")
    add("--by", choices=GROUPS, default="commune", help="a line of each (default commune)")
    add("--format", choices=_FORMATS, default="table", help="default table")
    add("--language", choices=LANGUAGES, default="en", help="of table and html (default en)")
    add("--out", type=Path, metavar="FILE", help="written anew; standard output by default")
    add(
        "--rebuild",
        action="store_true",
        help="first compute the month's days again; final ones are corrected, never rewritten",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str], clock: Clock | None = None) -> int:
    """Make the report; return the exit code."""
    if options.now and (options.rebuild or options.format == "html"):
        raise UsageError("--now: has neither --rebuild nor --format html")
    address = DatabaseAddress.from_environment(environ)
    text = asyncio.run(_made(address, options, (clock or SystemClock()).now()))
    if options.out is None:
        sys.stdout.write(text)
    else:
        # Line ends are part of what CSV is, so they stay as they are.
        with file_of("--out", options.out):
            options.out.write_bytes(text.encode())
    return 0


async def _made(address: DatabaseAddress, options: argparse.Namespace, now: datetime) -> str:
    if options.month is not None:
        # What is wrong with the words is told before anybody is asked.
        request_of(options.month, options.by, options.commune, options.operator, now)
    async with await connect(address, _NAME) as connection:
        await check_places(connection, options.commune, options.operator)
        if options.now:
            return await _present(connection, options, now)
        return _written(await _report(connection, options, now), options)


async def _present(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> str:
    shares = await load_present(connection, now, options.commune, options.operator)
    return present_sheet(shares) if options.format == "csv" else present_table(shares)


async def _report(
    connection: AsyncConnection, options: argparse.Namespace, now: datetime
) -> Report:
    request = request_of(options.month, options.by, options.commune, options.operator, now)
    if options.rebuild:
        await build_days(connection, request.first, request.last, now)
    return await load_report(connection, request, now)


def _written(report: Report, options: argparse.Namespace) -> str:
    if options.format == "csv":
        return sheet(report)
    if options.format == "html":
        return page(report, options.language)
    return table(report, words_of(options.language))
