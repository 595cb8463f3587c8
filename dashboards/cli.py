"""The command line: `python -m dashboards build|check|push|diff|preview`.

Exit codes: 0 good, 1 it failed or something differs, 2 wrong arguments or settings.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from dashboards.commands import build, check, preview, push
from dashboards.errors import DashboardsError
from runtime.settings import SettingsError

OK, FAILED, USAGE = 0, 1, 2

_COMMANDS: Final = (build, check, push, preview)


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command that the arguments ask for; return the exit code."""
    options = make_parser().parse_args(arguments)
    try:
        code: int = options.run(options, environ)

        return code  # noqa: TRY300 - the line before is what may fail
    except SettingsError as error:
        print(f"dashboards: wrong settings:\n{error}", file=sys.stderr)
        return USAGE
    except (DashboardsError, OSError) as error:
        print(f"dashboards: {error}", file=sys.stderr)
        return FAILED


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m dashboards", description="Grafana's dashboards, from code."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.configure(commands)
    return parser
