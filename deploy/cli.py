"""The command line: `python -m deploy up|down|status|psql|logs|demo`."""

import argparse
import os
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeAlias

from deploy.demo import Demo
from deploy.demo_options import DemoOptions
from deploy.errors import DeployError, ServerError
from deploy.stack import DATABASE, Stack, render_environment, with_tls
from deploy.status import render
from deploy.toolchain import HOME_VARIABLE, Toolchain, find_home

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

_ENVIRONMENT: Final = """environment:
  SREPOK_HOME           directory of the local stack (default: .srepok in the checkout)
  SREPOK_DEBIAN_MIRROR  where Debian packages come from (default: as the system's apt is set)

exit codes: 0 good, 1 failed or not running, 2 wrong use, 130 interrupted
"""


_INTERVAL: Final = re.compile(r"\d+(\.\d+)?(ms|s|m)")


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command line; return the exit code."""
    own, passed_on = _split(sys.argv[1:] if arguments is None else arguments)
    options = _parser().parse_args(own)
    home = options.home.resolve() if options.home else find_home(environ)
    try:
        stack = Stack(Toolchain(home, environ))
        code: int = options.command(stack, options, passed_on)
    except DeployError as error:
        print(f"deploy: {error}", file=sys.stderr)
        return FAILED
    except OSError as error:
        print(
            f"deploy: {error}\nthe local stack lives in {home} ({HOME_VARIABLE})", file=sys.stderr
        )
        return FAILED
    except KeyboardInterrupt:
        print("\ndeploy: interrupted; the same command goes on from here", file=sys.stderr)
        return INTERRUPTED
    return code


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part our arguments from those behind `psql`, which are all psql's own."""
    if "psql" not in arguments:
        return list(arguments), []
    place = arguments.index("psql") + 1
    if arguments[place:] in (["-h"], ["--help"]):
        return list(arguments), []
    return list(arguments[:place]), list(arguments[place:])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m deploy",
        description="A private broker and database on this machine, without containers.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--home", type=Path, metavar="DIRECTORY", help=f"of the local stack ({HOME_VARIABLE})"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _configure_up(commands)
    _configure_down(commands)
    _configure_status(commands)
    _configure_psql(commands)
    _configure_logs(commands)
    _configure_demo(commands)
    return parser


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name


def _configure_up(commands: _Commands) -> None:
    parser = commands.add_parser("up", help="start the servers, and say where they are")
    parser.description = (
        "Start the broker and the database and print, as lines for a shell, where they are. Where "
        "the system lacks the programs, they are first fetched as signed Debian packages into a "
        "private directory; that takes a minute, once, and no rights. The servers go on until "
        "`python -m deploy down`."
    )
    parser.set_defaults(command=_up)


def _configure_down(commands: _Commands) -> None:
    parser = commands.add_parser("down", help="stop the servers; data stays")
    parser.set_defaults(command=_down)


def _configure_status(commands: _Commands) -> None:
    parser = commands.add_parser("status", help="which servers run, since when, how large")
    parser.description = "Show the servers. Exit code 1 if one does not run."
    parser.set_defaults(command=_status)


def _configure_psql(commands: _Commands) -> None:
    parser = commands.add_parser(
        "psql",
        help="open the database; arguments are psql's",
        usage="%(prog)s [PSQL ARGUMENT ...]",
        description=f"Run psql as the owner of database {DATABASE}; what follows is psql's own, "
        "such as: psql -c 'SELECT now()'. Files are looked for in the working directory.",
    )
    parser.set_defaults(command=_psql)


def _configure_logs(commands: _Commands) -> None:
    parser = commands.add_parser("logs", help="show the servers' last log lines")
    parser.add_argument("name", nargs="?", choices=("postgres", "mosquitto"), help="only this one")
    parser.add_argument("-f", "--follow", action="store_true", help="go on as lines come")
    parser.add_argument(
        "-n", "--lines", type=int, default=40, help="how many of each (default %(default)s)"
    )
    parser.set_defaults(command=_logs)


def _configure_demo(commands: _Commands) -> None:
    defaults = DemoOptions()
    parser = commands.add_parser("demo", help="run a whole province until Ctrl-C")
    parser.description = (
        "Start the servers, bring the schema and the inventory of a province into the database, "
        "run ingest and simulated devices, and show what arrives. Data stays; the next run "
        "continues."
    )
    parser.add_argument(
        "--devices",
        type=_devices,
        default=defaults.devices,
        help="to simulate (default %(default)s)",
    )
    parser.add_argument(
        "--interval",
        type=_interval,
        default=defaults.interval,
        help="between reports (default %(default)s)",
    )
    parser.add_argument(
        "--scale",
        type=float,
        default=defaults.scale,
        help="of the province, at the first run; 1 is 2,500 villages (default %(default)s)",
    )
    parser.add_argument(
        "--scenario",
        default=defaults.scenario,
        metavar="NAME",
        help="what happens; python -m simulators list has the names (default %(default)s)",
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=defaults.speed,
        help="play it so many times as fast, intervals included, 0.1 to 1000 (default %(default)s)",
    )
    parser.add_argument("--seconds", type=float, help="stop by itself after so long")
    parser.add_argument(
        "--tls",
        action="store_true",
        help="broker and gateway by TLS, with an authority made for it",
    )
    parser.set_defaults(command=_demo)


def _speed(text: str) -> float:
    try:
        times = float(text)
    except ValueError:
        times = -1.0
    if not 0.1 <= times <= 1000:  # noqa: PLR2004 - what the fleet takes
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.1 to 1000")
    return times


def _devices(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return int(text)


def _interval(text: str) -> str:
    if not _INTERVAL.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration such as 500ms, 30s or 5m")
    return text


def _demo(stack: Stack, options: argparse.Namespace, _passed_on: Sequence[str]) -> int:
    chosen = DemoOptions(
        devices=options.devices,
        interval=options.interval,
        scale=options.scale,
        scenario=options.scenario,
        speed=options.speed,
        seconds=options.seconds,
        status_seconds=1.0 if sys.stderr.isatty() else 10.0,
    )
    return Demo(with_tls(stack.toolchain) if options.tls else stack, chosen).run()


def _up(stack: Stack, _options: argparse.Namespace, _passed_on: Sequence[str]) -> int:
    stack.up()
    print(render_environment(stack.environment()))
    print("# running; logs: python -m deploy logs; stop: python -m deploy down", file=sys.stderr)
    return OK


def _down(stack: Stack, _options: argparse.Namespace, _passed_on: Sequence[str]) -> int:
    running = [status.name for status in stack.status() if status.running]
    stack.down()
    print(f"stopped {' and '.join(running)}" if running else "nothing was running")
    return OK


def _status(stack: Stack, _options: argparse.Namespace, _passed_on: Sequence[str]) -> int:
    statuses = stack.status()
    print(render(statuses, datetime.now(UTC)))
    return OK if all(status.running for status in statuses) else FAILED


def _psql(stack: Stack, _options: argparse.Namespace, passed_on: Sequence[str]) -> int:
    if not stack.postgres.running:
        raise ServerError("the database does not run; start it with: python -m deploy up")
    command, environ = stack.postgres.psql_command(passed_on, DATABASE, Path.cwd())
    os.execvpe(command[0], command, environ)  # noqa: S606 - there is nothing left for us to do


def _logs(stack: Stack, options: argparse.Namespace, _passed_on: Sequence[str]) -> int:
    logs = stack.logs()
    chosen = [logs[options.name]] if options.name else list(logs.values())
    files = [str(path) for path in chosen if path.exists()]
    if not files:
        raise ServerError(f"no log yet: {', '.join(map(str, chosen))}")
    follow = ["-F"] if options.follow else []
    os.execvp("tail", ["tail", "-n", str(options.lines), *follow, *files])  # noqa: S606, S607 - as above
