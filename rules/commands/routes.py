"""`python -m rules routes`: check a routes file, and try who would be told."""

import argparse
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from rules.errors import UsageError
from rules.incidents.record import IncidentRecord, Status
from rules.model import IncidentClass, Severity
from rules.notify.assembly import Outside, make_channels
from rules.notify.hours import ZONE
from rules.notify.message import Writer
from rules.notify.routes import Route, Routes
from rules.notify.routes_file import read_routes
from runtime.clock import Clock, SystemClock

_EXAMPLE: Final = """\
examples:
  python -m rules routes check routes.yaml
  python -m rules routes try routes.yaml --commune 24133 --severity critical --at 2026-11-20T23:30

docs/operations/notifications.md describes the file.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "routes",
        help="check who is told of incidents",
        description="Check a routes file, or try who is told of an incident.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="read a routes file; say everything that is wrong")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument(
        "--no-secrets", action="store_true", help="do not read the files with secrets"
    )
    check.set_defaults(run=run_check)
    _configure_try(actions.add_parser("try", help="say which receivers an incident is told to"))


def _configure_try(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("file", type=Path, metavar="FILE")
    add("--commune", action="append", default=[], help="code; may be given again")
    add("--operator", action="append", default=[], help="code; may be given again")
    add("--severity", choices=[each.value for each in Severity], default=Severity.MAJOR)
    add(
        "--class",
        dest="incident_class",
        choices=[each.value for each in IncidentClass],
        default=IncidentClass.OUTAGE,
    )
    add("--root", action="append", default=[], help="code of the cause; may be given again")
    add("--rule", default="", help="of the rulebook, as group/rule")
    add("--label", action="append", default=[], metavar="NAME=VALUE", help="may be given again")
    add("--at", metavar="TIME", help="such as 2026-11-20T23:30, local; now if not given")
    parser.set_defaults(run=run_try)


def run_check(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Read the file, and its secrets; return the exit code."""
    routes = read_routes(options.file)
    if not options.no_secrets:
        make_channels(routes, Outside(Writer(), SystemClock()))
    receivers = ", ".join(
        f"{name} ({receiver.channel})" for name, receiver in sorted(routes.receivers.items())
    )
    print(f"{options.file}: good: {len(routes.by_path())} routes; receivers: {receivers}")
    return 0


def run_try(
    options: argparse.Namespace, _environ: Mapping[str, str], clock: Clock | None = None
) -> int:
    """Print who would be told; return the exit code."""
    routes = read_routes(options.file)
    at = _instant(options.at) if options.at else (clock or SystemClock()).now()
    held = ", ".join(sorted(routes.active(at.timestamp()))) or "none"
    print(f"at {at.astimezone(ZONE):%a %Y-%m-%d %H:%M} local time; intervals that hold: {held}")
    for route in routes.find(_record(options, at.timestamp()), at.timestamp()):
        for line in _describe(route, routes):
            print(line)
    return 0


def _describe(route: Route, routes: Routes) -> Iterator[str]:
    for name in route.receivers:
        receiver = routes.receivers[name]
        yield (
            f"{name} ({receiver.channel}), by {route.path}: together by "
            f"{', '.join(route.group_by)}; first after {_short(route.group_wait.total_seconds())}, "
            f"changes after {_short(route.group_interval.total_seconds())}, again after "
            f"{_short(route.repeat_interval.total_seconds())}; "
            f"language {receiver.language or route.language}"
        )
    for step in route.escalate:
        after = _short(step.after.total_seconds())
        yield f"{step.to}, by {route.path}: after {after} without acknowledgement"


def _short(seconds: float) -> str:
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text}: not a time such as 2026-11-20T23:30") from None
    return at if at.tzinfo else at.replace(tzinfo=ZONE)


def _record(options: argparse.Namespace, at: float) -> IncidentRecord:
    labels = dict(label.partition("=")[::2] for label in options.label)
    return IncidentRecord(
        incident="try",
        incident_class=IncidentClass(options.incident_class),
        severity=Severity(options.severity),
        status=Status.OPEN,
        root=tuple(options.root),
        root_kind="",
        onset=at,
        opened_at=at,
        changed_at=at,
        reason="",
        communes=tuple(options.commune),
        operators=tuple(options.operator),
        rule=options.rule,
        labels=labels,
    )
