"""The command line: `python -m simulators COMMAND`.

Exit codes: 0 done, 1 it ran and something went wrong, 2 wrong arguments or settings.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Final

from province.inventory import InventoryError
from runtime.broker.errors import BrokerError
from runtime.output import while_read
from runtime.settings import SettingsError
from simulators.commands import list as list_command
from simulators.commands import load, province, replay, run, score, suite, watch
from simulators.errors import SimulatorError, UsageError

_COMMANDS: Final = (list_command, run, replay, suite, score, watch, province, load)

_ENVIRONMENT: Final = """\
environment:
  MQTT_URL                   mqtt://USER@HOST:PORT, or mqtts:// for TLS
  MQTT_PASSWORD_FILE         file with that user's password
  MQTT_CA_FILE               certificates that may have signed the broker's
  SIMULATORS_PASSWORDS_FILE  USER:PASSWORD lines, one for each device, mode 0600
  LOG_LEVEL, LOG_FORMAT      debug|info|warning|error, auto|json|console
"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m simulators",
        description="A province that can be switched on.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.configure(commands, _ENVIRONMENT)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments ask for; return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    options = make_parser().parse_args(arguments)
    options.arguments = tuple(arguments)
    try:
        return while_read(lambda: options.run(options, os.environ))
    except (SettingsError, InventoryError, UsageError) as error:
        print(error, file=sys.stderr)
        return 2
    except (SimulatorError, BrokerError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
