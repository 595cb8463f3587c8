"""The command line: `python -m ingest run|check|letters`."""

import argparse
import asyncio
import gc
import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from psycopg import Error

from ingest.commands import check, check_process, list_letters, replay_letters, show_letter
from ingest.letters import UnknownNameError
from ingest.process import ProcessError
from ingest.rejection import Reason
from ingest.service import IngestService, decode_limits
from ingest.settings import IngestSettings
from runtime.arguments import FAILED, OK, CommandParser, run_command
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerError
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress
from runtime.database.errors import DatabaseError
from runtime.logs import LogSettings, configure_logs, get_logger
from runtime.settings import parse_duration
from runtime.shutdown import stop_on_signals

_ENVIRONMENT = """environment:
  DATABASE_URL            postgresql://user@host:port/name
  DATABASE_PASSWORD_FILE  file with the database password
  MQTT_URL                mqtt://user@host:port, or mqtts:// for TLS (run only)
  MQTT_PASSWORD_FILE      file with the broker password (run only)
  LOG_LEVEL, LOG_FORMAT   debug|info|warning|error; auto|json|console
  INGEST_...              see docs/operations/ingest.md
"""

_FAILURES = (BrokerError, DatabaseError, ProcessError, Error, OSError)
"""What can go wrong without being a bug of ours; OSError covers time-outs."""

log = get_logger(__name__)


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command line; return the exit code: 0 good, 1 failed, 2 wrong use."""
    options = _parser().parse_args(arguments)

    def run() -> int:
        configure_logs(LogSettings.from_environment(environ), "ingest")
        code: int = asyncio.run(options.command(options, environ))
        return code

    return run_command("ingest", run, _FAILURES, (UnknownNameError,))


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = CommandParser(
        prog="python -m ingest",
        description="From MQTT to TimescaleDB, and the accounts and dead letters of that way.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _configure_run(commands.add_parser("run", help="serve until SIGTERM or Ctrl-C, then drain"))
    _configure_check(commands.add_parser("check", help="check the accounts against the tables"))
    letters = commands.add_parser("letters", help="list, show or replay dead letters")
    _configure_letters(letters.add_subparsers(required=True, metavar="ACTION"))
    return parser


def _configure_run(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_run)


def _configure_check(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Check that every record received is stored, duplicate or a dead letter, and that the"
        " tables hold exactly the rows that were counted. Exit code 1 if not."
    )
    parser.add_argument(
        "--since",
        type=_duration,
        default=timedelta(hours=1),
        metavar="AGE",
        help="how far back, such as 10m, 1h or 7d (default 1h)",
    )
    parser.add_argument(
        "--metrics",
        metavar="URL",
        help="check a running process's messages too, such as http://127.0.0.1:9101/metrics",
    )
    parser.set_defaults(command=_check)


def _configure_letters(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    listing = actions.add_parser("list", help="dead letters by reason, or one by one")
    _add_filters(listing)
    listing.add_argument("--limit", type=int, default=20, help="at most so many (default 20)")
    listing.set_defaults(command=_list)
    show = actions.add_parser("show", help="one dead letter with its payload")
    show.add_argument("letter_id", type=int, help="its number, from list")
    show.set_defaults(command=_show)
    replay = actions.add_parser(
        "replay",
        help="try dead letters again, after the inventory or the catalogue was mended",
        description="Dead letters that are accepted now are stored; the others stay, each with"
        " its new reason. Replaying twice stores nothing twice. Exit code 1 if any stays.",
    )
    _add_filters(replay)
    replay.add_argument("--id", type=int, dest="letter_id", help="only this one")
    replay.set_defaults(command=_replay)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--reason",
        choices=[str(each) for each in Reason],
        metavar="REASON",
        help="only of this reason, such as unknown_device",
    )
    parser.add_argument("--device", help="only of this device's code")


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


async def _run(_options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    stop = asyncio.Event()
    service = IngestService(
        IngestSettings.from_environment(environ),
        BrokerAddress.from_environment(environ),
        DatabaseAddress.from_environment(environ),
        SystemClock(),
        Random(),  # noqa: S311 - it spreads retries, it guards nothing
    )
    stop_on_signals(stop)
    # Thousands of messages are alive at any moment and hold no cycles: at its default the
    # collector walks them all, again and again, for a twentieth of the service's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    drained = await service.run(stop)
    log.info("ingest stopped", drained=drained)
    return OK if drained else FAILED


async def _check(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    limits = decode_limits(IngestSettings.from_environment(environ))
    address = DatabaseAddress.from_environment(environ)
    now = SystemClock().now()
    good = await check(address, limits.clock, now - options.since, now)
    if options.metrics:
        good &= await check_process(options.metrics)
    return OK if good else FAILED


async def _list(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    address = DatabaseAddress.from_environment(environ)
    await list_letters(address, options.reason, options.device, options.limit)
    return OK


async def _show(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    await show_letter(DatabaseAddress.from_environment(environ), options.letter_id)
    return OK


async def _replay(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    settings = IngestSettings.from_environment(environ)
    address = DatabaseAddress.from_environment(environ)
    stayed = await replay_letters(
        address, settings, options.reason, options.device, options.letter_id, SystemClock().now()
    )
    return FAILED if stayed else OK
