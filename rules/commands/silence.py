"""`python -m rules silence` and `shelve`: what nobody is told of, for a time."""

import argparse
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection

from rules.commands.asking import (
    add_comment,
    add_json,
    add_person,
    local,
    moment,
    moment_or_duration,
    run_with,
    show_json,
    show_table,
)
from rules.incidents.mutes import (
    Matcher,
    MatcherError,
    Mute,
    MuteKind,
    parse_matcher,
    shelf_matcher,
)
from rules.store.errors import UnknownIncidentError
from rules.store.instants import instant, seconds
from rules.store.matchers import check_matchers
from rules.store.mutes import NewMute, add_mute, cancel_mute, load_mutes
from rules.store.read import show_incident

_EXAMPLE: Final = """\
examples:
  python -m rules silence add commune=24133 severity!=critical --until 6h -m "flood drill"
  python -m rules silence add 'root=~"24133-vnpt-.*"' --until '2026-12-02 06:00' -m "known fault"
  python -m rules shelve x3-17 --until 8h -m "spare part comes tomorrow"

Matchers are Alertmanager's: =, !=, =~, !~; all of them must hold. Names: incident, class, severity,
root, root_kind, commune, operator, village, link, rule, and the labels of the rulebook's alerts.
An incident is silenced only if all of it lies within: all its communes, all its operators.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parsers of both commands."""
    parser = commands.add_parser(
        "silence",
        help="withhold notices of what matches, for a time",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="silence what matches")
    add.add_argument("matcher", nargs="+", type=_matcher, help="such as commune=24133")
    add.add_argument(
        "--any-label", action="store_true", help="take names of labels that no alert has had yet"
    )
    add.add_argument("--from", dest="starts_at", type=moment, metavar="TIME", help="default: now")
    _configure_end(add)
    add.set_defaults(run=run_with(_silence))
    listing = actions.add_parser("list", help="silences and shelves that hold or lie ahead")
    add_json(listing)
    listing.set_defaults(run=run_with(_list))
    cancel = actions.add_parser("cancel", help="end a silence or shelf before its time")
    cancel.add_argument("mute", type=int, help="its number, from list")
    add_person(cancel)
    add_comment(cancel)
    cancel.set_defaults(run=run_with(_cancel))
    _configure_shelve(commands.add_parser("shelve", help="withhold notices of one incident"))


def _configure_shelve(parser: argparse.ArgumentParser) -> None:
    of = parser.add_mutually_exclusive_group(required=True)
    of.add_argument("incident", nargs="?", help="its name")
    of.add_argument("--root", metavar="CODE", help="whatever has this root, now and later")
    _configure_end(parser)
    parser.set_defaults(run=run_with(_shelve), starts_at=None, any_label=False)


def _configure_end(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--until",
        dest="ends_at",
        type=moment_or_duration,
        required=True,
        metavar="TIME",
        help="6h, or '2026-12-02 06:00' local; what is open then is told",
    )
    add_person(parser)
    add_comment(parser, required=True)


def _matcher(text: str) -> Matcher:
    try:
        return parse_matcher(text)
    except MatcherError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


async def _silence(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    return await _add(connection, options, now, MuteKind.SILENCE, tuple(options.matcher))


async def _shelve(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    matcher = shelf_matcher(options.incident, options.root)
    if options.incident and await show_incident(connection, options.incident, now) is None:
        raise UnknownIncidentError(f"incident {options.incident}: there is none of that name")
    return await _add(connection, options, now, MuteKind.SHELF, (matcher,))


async def _add(
    connection: AsyncConnection,
    options: argparse.Namespace,
    now: datetime,
    kind: MuteKind,
    matchers: tuple[Matcher, ...],
) -> int:
    await check_matchers(connection, matchers, any_label=options.any_label)
    new = NewMute(kind, matchers, options.starts_at or now, options.ends_at, options.comment)
    number = await add_mute(connection, new, actor=options.by, now=now)
    held = ", ".join(map(str, matchers))
    print(f"{kind} {number}: {held}, {local(new.starts_at)} until {local(new.ends_at)}")
    return 0


async def _list(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    mutes = [mute for mute in await load_mutes(connection, now) if mute.over_at > seconds(now)]
    if options.json:
        show_json([_plain(mute) for mute in mutes])
    elif not mutes:
        print("no silences")
    else:
        rows = [_line(mute) for mute in mutes]
        show_table(("number", "kind", "from", "until", "by", "what"), rows)
    return 0


def _line(mute: Mute) -> tuple[str, ...]:
    what = f"{mute.comment}: {', '.join(map(str, mute.matchers))}"
    times = (local(instant(at)) for at in (mute.starts_at, mute.ends_at))
    return (str(mute.mute), mute.kind, *times, mute.created_by, what)


def _plain(mute: Mute) -> dict[str, object]:
    return {
        "mute": mute.mute,
        "kind": mute.kind,
        "matchers": [str(matcher) for matcher in mute.matchers],
        "starts_at": instant(mute.starts_at),
        "ends_at": instant(mute.ends_at),
        "created_at": instant(mute.created_at),
        "created_by": mute.created_by,
        "comment": mute.comment,
    }


async def _cancel(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    await cancel_mute(connection, options.mute, actor=options.by, now=now, comment=options.comment)
    print(f"{options.mute}: cancelled")
    return 0
