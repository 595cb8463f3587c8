"""The command line: `python -m gateway COMMAND`.

Exit codes: 0 good, 1 it went wrong on the way, 2 wrong arguments, settings or files.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import Final

from psycopg import Error

from gateway.commands import adapters, device, letters, run, token, try_
from gateway.errors import GatewayError, UsageError
from runtime.arguments import CommandParser, run_command
from runtime.broker.errors import BrokerError
from runtime.database.errors import DatabaseError

_COMMANDS: Final = (
    # A line for each command's module.
    adapters,
    device,
    letters,
    run,
    token,
    try_,
)

_FAILURES: Final = (GatewayError, BrokerError, DatabaseError, Error, OSError)
"""What can go wrong without being a bug of ours; OSError covers time-outs."""


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command that the arguments ask for; return the exit code."""
    options = _parser().parse_args(arguments)
    return run_command("gateway", lambda: options.run(options, environ), _FAILURES, (UsageError,))


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="python -m gateway", description="The door for foreign devices, people and programs."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.configure(commands)
    return parser
