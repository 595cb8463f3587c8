"""The command line: `python -m rules COMMAND`.

Exit codes: 0 good, 1 it went wrong on the way, 2 wrong arguments, settings or files.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from psycopg import Error

from province.inventory import InventoryError
from rules.commands import replay, routes
from rules.errors import RulesError, UsageError
from runtime.broker.errors import BrokerError
from runtime.database.errors import DatabaseError
from runtime.settings import SettingsError

OK, FAILED, USAGE = 0, 1, 2

_COMMANDS: Final = (replay, routes)

_FAILURES: Final = (RulesError, BrokerError, DatabaseError, Error, OSError)
"""What can go wrong without being a bug of ours; OSError covers time-outs."""


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command that the arguments ask for; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options, environ)

        return code  # noqa: TRY300 - the line before is what may fail
    except SettingsError as error:
        print(f"rules: wrong settings:\n{error}", file=sys.stderr)
        return USAGE
    except (UsageError, InventoryError) as error:
        print(f"rules: {error}", file=sys.stderr)
        return USAGE
    except Exception as error:
        messages = _messages(error)
        if messages is None:
            raise
        print(*messages, sep="\n", file=sys.stderr)
        return FAILED


def _messages(error: Exception) -> list[str] | None:
    """Return what failed, a line each; nothing if there is a bug of ours among it."""
    if isinstance(error, _FAILURES):
        # A time-out has no words of its own.
        return [f"rules: {str(error) or type(error).__name__}"]
    if not isinstance(error, ExceptionGroup):
        return None
    # Tasks that ran side by side fail as a group.
    each = [_messages(one) for one in error.exceptions]
    known = [lines for lines in each if lines is not None]
    return list(chain(*known)) if len(known) == len(each) else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rules", description="Which villages are without broadband, and why."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.configure(commands)
    return parser
