"""`python -m dashboards build`: write `dashboards/generated/`."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from dashboards.boards import all_boards
from dashboards.build import GENERATED, dashboard_files, generated_files, write
from dashboards.commands.check import refuse
from dashboards.lints import problems
from dashboards.settings import gateway_url


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "build",
        help="write the dashboards' files, to be committed",
        epilog="environment: DASHBOARDS_GATEWAY_URL, where the links to the gateway lead; give "
        "--out with it: the committed files have the gateway of a machine by itself",
    )
    parser.add_argument(
        "--out", type=Path, default=GENERATED, metavar="DIR", help="default: dashboards/generated"
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    boards = all_boards(gateway_url(environ))
    refuse(problems(dashboard_files(boards)))
    changed = write(generated_files(boards), options.out)
    for path in changed:
        what = "wrote" if (options.out / path).exists() else "removed"
        sys.stdout.write(f"{what} {path}\n")
    sys.stdout.write(f"{options.out}: {len(changed)} changed\n")
    return 0
