"""What the commands that change something have in common: the database, the person, tables."""

import argparse
import asyncio
import getpass
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import psycopg
from psycopg import AsyncConnection

from gateway.access.errors import RightsError
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.errors import DatabaseError
from runtime.database.relations import LOCAL_TIME_ZONE

_ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)

Work = Callable[[AsyncConnection, argparse.Namespace, Mapping[str, str], datetime], Awaitable[int]]
"""What a command does: takes the connection, its options, the environment and the present."""


def run_with(work: Work) -> Callable[[argparse.Namespace, Mapping[str, str]], int]:
    """Return a command's `run`: it connects, works, and returns the exit code."""

    def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
        address = DatabaseAddress.from_environment(environ)
        try:
            return asyncio.run(_connected(work, address, options, environ))
        except psycopg.errors.InsufficientPrivilege as error:
            raise RightsError(
                f"{address}: {error.diag.message_primary}: DATABASE_URL must name the owner of"
                " the database; the gateway's own login cannot change who comes in"
            ) from None
        except psycopg.errors.UndefinedTable as error:
            raise DatabaseError(
                f"{address}: {error.diag.message_primary}: python -m runtime.database migrate"
            ) from None
        except psycopg.OperationalError as error:
            raise DatabaseError(f"{address}: {str(error).strip()}") from None

    return run


async def _connected(
    work: Work, address: DatabaseAddress, options: argparse.Namespace, environ: Mapping[str, str]
) -> int:
    async with await connect(address, "srepok-gateway-command") as connection:
        return await work(connection, options, environ, SystemClock().now())


def add_person(parser: argparse.ArgumentParser) -> None:
    """Add `--by`, who does it."""
    parser.add_argument(
        "--by",
        type=name,
        default=getpass.getuser(),
        metavar="NAME",
        help="who does it, for the audit (default: the login user)",
    )


def name(text: str) -> str:
    """Return a name for people, as the database can keep it.

    Raises:
        argparse.ArgumentTypeError: it is empty, too long, or of letters that cannot be printed.
    """
    stripped = text.strip()
    longest = 100
    if not stripped or len(stripped) > longest or not stripped.isprintable():
        raise argparse.ArgumentTypeError(f"a name of 1 to {longest} printable letters is needed")
    return stripped


def local(at: datetime | None, otherwise: str = "") -> str:
    """Return the local time of an instant, to the minute; `otherwise` for None."""
    return otherwise if at is None else f"{at.astimezone(_ZONE):%Y-%m-%d %H:%M}"


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
