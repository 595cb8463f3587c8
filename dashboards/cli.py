"""The command line: `python -m dashboards build|check|push|diff|preview`.

Exit codes: 0 good, 1 it failed or something differs, 2 wrong arguments or settings.
"""

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import Final

from dashboards.commands import build, check, preview, push
from dashboards.errors import DashboardsError
from runtime.arguments import run_command

_COMMANDS: Final = (build, check, push, preview)


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the command that the arguments ask for; return the exit code."""
    options = make_parser().parse_args(arguments)
    return run_command(
        "dashboards", lambda: options.run(options, environ), (DashboardsError, OSError)
    )


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="python -m dashboards", description="Grafana's dashboards, from code."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.configure(commands)
    return parser
