"""What the commands about incidents have in common: the database, the person, times, tables."""

import argparse
import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.relations import LOCAL_TIME_ZONE
from runtime.settings import parse_duration

ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)
WIDTH: Final = 100
"""Columns of a terminal that a table may take."""
_ALIASES: Final = ("class_",)

Work = Callable[[AsyncConnection, argparse.Namespace, datetime], Awaitable[int]]
"""What a command does with the database: takes the connection, its options and the present."""


def run_with(work: Work) -> Callable[[argparse.Namespace, Mapping[str, str]], int]:
    """Return a command's `run`: it connects, works, and returns the exit code."""

    async def working(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
        address = DatabaseAddress.from_environment(environ)
        async with await connect(address, "srepok-rules-command") as connection:
            return await work(connection, options, SystemClock().now())

    def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
        return asyncio.run(working(options, environ))

    return run


def add_person(parser: argparse.ArgumentParser) -> None:
    """Add `--by`, who does it."""
    parser.add_argument(
        "--by",
        type=_name,
        default=getpass.getuser(),
        metavar="NAME",
        help="who does it (default: the login user)",
    )


def add_comment(parser: argparse.ArgumentParser, *, required: bool = False) -> None:
    """Add `--comment`, which goes into the timeline."""
    parser.add_argument(
        "-m",
        "--comment",
        type=words,
        default="",
        required=required,
        metavar="TEXT",
        help="why, for the timeline",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON, times in UTC")


def moment(text: str) -> datetime:
    """Return the instant of `2026-12-01 22:00`, local unless it says its offset.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a time such as '2026-12-01 22:00'"
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=ZONE)).astimezone(UTC)


def moment_or_duration(text: str) -> datetime:
    """Return the instant that text means, or that lies so far ahead: `2h`, `3d`.

    Raises:
        argparse.ArgumentTypeError: it is neither.
    """
    try:
        return SystemClock().now() + parse_duration(text)
    except ValueError:
        return moment(text)


def words(text: str) -> str:
    """Return text that a database can keep.

    Raises:
        argparse.ArgumentTypeError: it has a NUL in it.
    """
    if "\0" in text:
        raise argparse.ArgumentTypeError("text with a NUL in it cannot be kept")
    return text.strip()


def _name(text: str) -> str:
    if not words(text):
        raise argparse.ArgumentTypeError("a name is needed")
    return words(text)


def local(at: datetime | None) -> str:
    """Return the local time of an instant, to the minute; empty for None."""
    return "" if at is None else f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def show_json(value: object) -> None:
    """Print a value as JSON; instants are in UTC, and ours are plain objects."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def _plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON takes
    if is_dataclass(value) and not isinstance(value, type):
        fields = asdict(value)
        return {name.rstrip("_") if name in _ALIASES else name: fields[name] for name in fields}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"{type(value).__name__} is not for JSON")


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits a terminal: the last column gets what is left, and is cut there."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    left = WIDTH - sum(widths[:-1]) - 2 * (len(widths) - 1)
    for row in (heads, *rows):
        cells = [f"{cell:{width}}" for cell, width in zip(row[:-1], widths[:-1], strict=True)]
        print("  ".join([*cells, cut(row[-1], max(left, 10))]).rstrip())


def cut(text: str, width: int) -> str:
    """Return text that is no longer than a width, with dots where something is missing."""
    return text if len(text) <= width else f"{text[: width - 1]}…"
