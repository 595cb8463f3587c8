"""`python -m rules incident`: what is wrong, and what people do about it."""

import argparse
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from rules.commands.asking import (
    add_comment,
    add_json,
    add_person,
    local,
    moment_or_duration,
    run_with,
    show_json,
    words,
)
from rules.commands.incident_tables import show_list, show_story
from rules.incidents.export import FORMATS
from rules.incidents.record import Status
from rules.model import IncidentClass, Severity
from rules.store import handling
from rules.store.alarms import alarm_of
from rules.store.errors import UnknownIncidentError
from rules.store.places import check_places
from rules.store.read import IncidentFilter, list_incidents, show_incident
from runtime.settings import parse_duration

_EXAMPLE: Final = """\
examples:
  python -m rules incident list
  python -m rules incident show x3-17
  python -m rules incident ack x3-17 --until 4h -m "VNPT has a team on the way"
  python -m rules incident export --format tmf642

docs/operations/incidents.md has a session of it. DATABASE_URL, DATABASE_PASSWORD_FILE: the
database.
"""
_ALL: Final = "all"


_NAMED: Final = "its name, as `incident list` shows it"


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "incident",
        help="list and show incidents, acknowledge, assign, comment, escalate, close, export",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    _configure_list(actions)
    show = actions.add_parser("show", help="one with its villages, timeline and notices")
    show.add_argument("incident", help=_NAMED)
    add_json(show)
    show.set_defaults(run=run_with(_show))
    _configure_deeds(actions)
    exporting = actions.add_parser("export", help="for other systems, as JSON")
    exporting.add_argument("--format", choices=sorted(FORMATS), required=True)
    _add_filters(exporting)
    exporting.set_defaults(run=run_with(_export))


def _configure_list(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = actions.add_parser("list", help="ranked by household-minutes")
    _add_filters(parser)
    add_json(parser)
    parser.set_defaults(run=run_with(_list))


def _add_filters(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    statuses = (*Status, _ALL)
    add("--status", choices=statuses, default=Status.OPEN, help="default open")
    add(
        "--since",
        type=_duration,
        default=timedelta(days=7),
        metavar="AGE",
        help="of those that are over, how long ago at most (default 7d)",
    )
    add("--commune", metavar="CODE", help="only what touches this commune")
    add("--operator", metavar="CODE", help="only what touches this operator")
    add("--class", dest="incident_class", choices=[str(each) for each in IncidentClass])
    add("--severity", choices=[str(each) for each in Severity])
    add("--limit", type=int, default=40, help="at most so many (default 40)")


def _configure_deeds(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    ack = _deed(actions, "ack", "take one on")
    ack.add_argument(
        "--until",
        type=moment_or_duration,
        metavar="TIME",
        help="from when on it is nobody's again: 4h, or '2026-12-01 22:00' local",
    )
    ack.set_defaults(run=run_with(_ack))
    assign = _deed(actions, "assign", "say who works on one")
    who = assign.add_mutually_exclusive_group(required=True)
    who.add_argument("--to", type=words, metavar="NAME")
    who.add_argument("--nobody", action="store_true")
    assign.set_defaults(run=run_with(_assign))
    comment = _deed(actions, "comment", "say something about one", required=True)
    comment.set_defaults(run=run_with(_comment))
    escalate = _deed(actions, "escalate", "call for more attention to one")
    escalate.set_defaults(run=run_with(_escalate))
    close = _deed(actions, "close", "say that nothing is left to be done about one that is over")
    close.set_defaults(run=run_with(_close))


def _deed(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    text: str,
    *,
    required: bool = False,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=text)
    parser.add_argument("incident", help=_NAMED)
    add_person(parser)
    add_comment(parser, required=required)
    return parser


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


async def _wanted(
    connection: AsyncConnection, options: argparse.Namespace, now: datetime
) -> IncidentFilter:
    await check_places(connection, options.commune, options.operator)
    return IncidentFilter(
        status=None if options.status == _ALL else options.status,
        since=now - options.since,
        commune=options.commune,
        operator=options.operator,
        incident_class=options.incident_class,
        severity=options.severity,
    )


# -- showing --------------------------------------------------------------------------


async def _list(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    wanted = await _wanted(connection, options, now)
    found = await list_incidents(connection, now, wanted, limit=options.limit)
    if options.json:
        show_json(found)
        return 0
    show_list(found, now)
    if len(found) == options.limit:
        print(f"... --limit {options.limit} reached")
    return 0


async def _show(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    story = await show_incident(connection, options.incident, now)
    if story is None:
        raise UnknownIncidentError(f"incident {options.incident}: there is none of that name")
    if options.json:
        show_json(story)
    else:
        show_story(story, now)
    return 0


async def _export(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    wanted = await _wanted(connection, options, now)
    found = await list_incidents(connection, now, wanted, limit=options.limit)
    stories = [await show_incident(connection, each.incident_id, now) for each in found]
    export = FORMATS[options.format]
    show_json([export(alarm_of(story, now)) for story in stories if story is not None])
    return 0


# -- doing ----------------------------------------------------------------------------


async def _ack(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    await handling.acknowledge(
        connection,
        options.incident,
        actor=options.by,
        now=now,
        until=options.until,
        comment=options.comment,
    )
    until = f" until {local(options.until)}" if options.until else ""
    print(f"{options.incident}: acknowledged by {options.by}{until}")
    return 0


async def _assign(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    await handling.assign(
        connection,
        options.incident,
        options.to,
        actor=options.by,
        now=now,
        comment=options.comment,
    )
    print(f"{options.incident}: assigned to {options.to or 'nobody'}")
    return 0


async def _comment(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    await handling.comment(connection, options.incident, options.comment, actor=options.by, now=now)
    print(f"{options.incident}: comment kept")
    return 0


async def _escalate(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    level = await handling.escalate(
        connection, options.incident, actor=options.by, now=now, comment=options.comment
    )
    print(f"{options.incident}: escalated, level {level}; the rules call who is next by the routes")
    return 0


async def _close(connection: AsyncConnection, options: argparse.Namespace, now: datetime) -> int:
    await handling.close(
        connection, options.incident, actor=options.by, now=now, comment=options.comment
    )
    print(f"{options.incident}: closed")
    return 0
