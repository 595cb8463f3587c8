"""`python -m rules window`: work announced ahead, once or again and again."""

import argparse
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from rules.commands.asking import (
    add_comment,
    add_json,
    add_person,
    local,
    moment,
    run_with,
    show_json,
    show_table,
    words,
)
from rules.errors import UsageError
from rules.incidents.windows import PlannedWindow, ScopeKind, next_occurrences
from rules.store.errors import UnknownScopeError
from rules.store.instants import instant, seconds
from rules.store.windows import NewWindow, add_window, cancel_window, find_scope, load_windows
from runtime.settings import parse_duration

_EXAMPLE: Final = """\
examples:
  python -m rules window add 24133-vnpt-olt1 --from '2026-12-01 22:00' --for 3h -m "card swap"
  python -m rules window add vnpt --from '2026-12-01 01:00' --for 2h --every 'FREQ=WEEKLY;BYDAY=TU'
  python -m rules window list

Times are local (Asia/Ho_Chi_Minh) unless they say their offset. What a code names is looked up in
the inventory; --kind decides where it names several things.
"""
_NEXT: Final = 5


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "window",
        help="announce, list and cancel windows of maintenance",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _configure_add(actions.add_parser("add", help="announce work on something"))
    listing = actions.add_parser("list", help="those that hold or lie ahead")
    add_json(listing)
    listing.set_defaults(run=run_with(_list))
    cancel = actions.add_parser("cancel", help="what lies ahead of one does not happen")
    cancel.add_argument("window", type=int, help="its number, from list")
    add_person(cancel)
    add_comment(cancel)
    cancel.set_defaults(run=run_with(_cancel))


def _configure_add(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("code", help="node, link, village, commune or operator that is worked on")
    add("--kind", choices=[str(kind) for kind in ScopeKind], help="what the code names")
    add("--from", dest="starts_at", type=moment, required=True, metavar="TIME", help="its start")
    ends = parser.add_mutually_exclusive_group(required=True)
    ends.add_argument("--to", dest="ends_at", type=moment, metavar="TIME", help="its end")
    ends.add_argument("--for", dest="length", type=_duration, metavar="TIME", help="such as 3h")
    add("--every", metavar="RRULE", help="repeat, such as 'FREQ=WEEKLY;BYDAY=TU'")
    add("--name", type=words, default="", metavar="TEXT", help="for people (default: the code)")
    add_person(parser)
    add_comment(parser)
    parser.set_defaults(run=run_with(_add))


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


async def _add(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    new = NewWindow(
        await _kind(connection, options.code, options.kind),
        options.code,
        options.starts_at,
        options.ends_at or options.starts_at + options.length,
        options.name,
        options.every,
        options.comment,
    )
    number = await add_window(connection, new, actor=options.by, now=now)
    print(f"window {number} on {new.scope_kind} {new.scope_code}")
    (window,) = [each for each in await load_windows(connection, now) if each.window == number]
    for start, end in next_occurrences(window, seconds(now), _NEXT):
        print(f"  {_period(start, end)}")
    if not window.announced(window.starts_at):
        print("  it began before it was announced: the books leave out nothing of that")
    return 0


async def _kind(connection: AsyncConnection, code: str, kind: str | None) -> ScopeKind:
    if kind is not None:
        return ScopeKind(kind)
    kinds = await find_scope(connection, code)
    if not kinds:
        raise UnknownScopeError(
            f"window: the inventory has no node, link, village, commune or operator {code}"
        )
    if len(kinds) > 1:
        raise UsageError(f"window: {code} is a {' and a '.join(kinds)}; say which with --kind")
    return kinds[0]


async def _list(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    windows = [
        window
        for window in await load_windows(connection, now)
        if window.cancelled_at is None and next_occurrences(window, seconds(now), 1)
    ]
    if options.json:
        show_json(windows)
    elif not windows:
        print("no windows")
    else:
        rows = [_line(window, now) for window in windows]
        show_table(("window", "next", "on", "every", "by", "what"), rows)
    return 0


def _line(window: PlannedWindow, now: datetime) -> tuple[str, ...]:
    ((start, end),) = next_occurrences(window, seconds(now), 1)
    named = [] if window.name == window.scope_code else [window.name]
    return (
        str(window.window),
        _period(start, end),
        f"{window.scope_kind} {window.scope_code}",
        window.recurrence or "once",
        window.created_by,
        "; ".join(filter(None, [*named, window.comment])),
    )


def _period(start: float, end: float) -> str:
    begin, over = local(instant(start)), local(instant(end))
    return f"{begin} - {over[11:] if over[:10] == begin[:10] else over}"


async def _cancel(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    await cancel_window(
        connection, options.window, actor=options.by, now=now, comment=options.comment
    )
    print(f"window {options.window}: cancelled")
    return 0
