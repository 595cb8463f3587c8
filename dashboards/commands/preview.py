"""`python -m dashboards preview BOARD`: a page with the real answers, without a Grafana."""

import argparse
import asyncio
import difflib
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg
from psycopg import AsyncConnection

from dashboards.board import Board
from dashboards.boards import all_boards
from dashboards.errors import PreviewError, QueryError
from dashboards.preview.asking import frame_of, open_screen
from dashboards.preview.book import INDEX, dated, index
from dashboards.preview.picture import picture
from dashboards.preview.sheet import page
from dashboards.text import Language
from dashboards.time_range import TimeRange
from runtime.settings import parse_duration, read_secret

_POINTS: Final = 300
_FORMATS: Final = {"html": page, "svg": picture}


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "preview", help="draw a board with a database's real answers, without a Grafana"
    )
    add = parser.add_argument
    add(
        "board",
        metavar="BOARD",
        help="its name, or `all`: these and an index.html that leads to them",
    )
    add("--database", required=True, metavar="URL", help="postgresql://USER@HOST:PORT/DATABASE")
    add("--password-file", type=Path, metavar="FILE", help="with the password of USER")
    add("--out", type=Path, default=Path("previews"), metavar="DIR", help="default: previews")
    add("--range", type=_span, metavar="TIME", help="such as 6h; default: the board's")
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="choose of a variable")
    add("--format", choices=_FORMATS, default="html", help="page or picture; default: html")
    add("--reload", type=_span, metavar="TIME", help="a browser reads the page again so often")
    add("--language", type=Language, default=Language.ENGLISH, metavar="en|vi")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    boards = [board for board in all_boards() if options.board in {board.name, "all"}]
    if not boards:
        names = ", ".join(board.name for board in all_boards())
        raise PreviewError(f"no board {options.board!r}; there are {names}")
    given = _given(options.set, boards)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        pages = asyncio.run(_pages(boards, given, options))
    except psycopg.Error as error:
        raise PreviewError(f"the database does not answer: {str(error).strip()}") from error
    if options.format == "html":
        now = datetime.now(UTC)
        pages = {
            name: dated(text, now, options.language, options.reload) for name, text in pages.items()
        }
        if options.board == "all":
            pages[INDEX] = index(boards, options.language)
    for name, text in pages.items():
        path = options.out / f"{name}.{options.format}"
        _write(path, text)
        sys.stdout.write(f"{path}\n")
    return 0


def _write(path: Path, text: str) -> None:
    """Write a page in place of an earlier one; who reads it at that moment reads a whole one."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _span(text: str) -> timedelta:
    try:
        span = parse_duration(text)
    except ValueError as error:
        # argparse shows the words of this error alone.
        raise argparse.ArgumentTypeError(str(error)) from None
    if span <= timedelta(0):
        raise argparse.ArgumentTypeError(f"{text!r} is no time: one above zero is needed")
    return span


def _given(pairs: Iterable[str], boards: Iterable[Board]) -> dict[str, str]:
    """Return the chosen values by the variables' names.

    Raises:
        PreviewError: a pair is none, or none of the boards has the variable.
    """
    known = sorted({variable.name for board in boards for variable in board.variables})
    given = {}
    for pair in pairs:
        name, separator, value = pair.partition("=")
        if not separator:
            raise PreviewError(f"--set {pair}: NAME=VALUE is needed")
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = (
                f"did you mean {near[0]}?" if near else f"there are: {', '.join(known) or 'none'}"
            )
            raise PreviewError(f"--set {pair}: no variable {name!r}; {hint}")
        given[name] = value
    return given


async def _pages(
    boards: list[Board], given: Mapping[str, str], options: argparse.Namespace
) -> dict[str, str]:
    password = None
    if options.password_file:
        password = read_secret(options.password_file, "--password-file").get_secret_value()
    async with await AsyncConnection.connect(
        options.database, password=password, autocommit=True, connect_timeout=5
    ) as connection:
        return {
            board.name: await draw(
                connection,
                board,
                options.language,
                given,
                options.range or opening_range(board),
                form=options.format,
            )
            for board in boards
        }


def opening_range(board: Board) -> timedelta:
    """Return how long a time a board opens with."""
    return parse_duration(board.time_from.removeprefix("now-"))


async def draw(
    connection: AsyncConnection,
    board: Board,
    language: Language,
    given: Mapping[str, str],
    span: timedelta,
    *,
    form: str = "html",
) -> str:
    """Return the page of a board, or its picture.

    Raises:
        PreviewError: the database refuses a query; the message names board and panel.
    """
    now = datetime.now(UTC)
    time = TimeRange(now - span, now)
    with _naming(connection, f"board {board.name}, its variables"):
        screen = await open_screen(connection, board, time, given, _POINTS)
    dashboard = board.dashboard(language)
    frames = {}
    for panel in dashboard["panels"]:
        if panel["type"] != "row":
            with _naming(connection, f"board {board.name}, panel {panel['title']!r}"):
                frames[panel["id"]] = [
                    await frame_of(connection, target, screen) for target in panel["targets"]
                ]
    return _FORMATS[form](dashboard, frames, time)


@contextmanager
def _naming(connection: AsyncConnection, place: str) -> Iterator[None]:
    try:
        yield
    except QueryError as error:
        raise PreviewError(f"{place}: {error}") from error
    except psycopg.Error as error:
        if connection.closed:
            raise  # not the query's fault: the database went away
        raise PreviewError(f"{place}: the database refuses it: {str(error).strip()}") from error
