"""The command line: `python -m rules COMMAND`.

Exit codes: 0 good, 1 it went wrong on the way, 2 wrong arguments, settings or files.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import Final

from psycopg import Error

from province.inventory import InventoryError
from rules.commands import (
    backtest,
    check,
    incident,
    replay,
    report,
    routes,
    run,
    silence,
    timelines,
    window,
)
from rules.errors import RulesError, UsageError
from runtime.arguments import CommandParser, run_command
from runtime.broker.errors import BrokerError
from runtime.database.errors import DatabaseError

_COMMANDS: Final = (
    backtest,
    check,
    incident,
    replay,
    report,
    routes,
    run,
    silence,
    timelines,
    window,
)

_FAILURES: Final = (RulesError, BrokerError, DatabaseError, Error, OSError)
"""What can go wrong without being a bug of ours; OSError covers time-outs."""


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command that the arguments ask for; return the exit code."""
    options = _parser().parse_args(arguments)
    usage = (UsageError, InventoryError)
    return run_command("rules", lambda: options.run(options, environ), _FAILURES, usage)


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="python -m rules", description="Which villages are without broadband, and why."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.configure(commands)
    return parser
