"""`python -m dashboards check`: whether boards are in order and their files are up to date."""

import argparse
import sys
from collections.abc import Mapping, Sequence

from dashboards.boards import all_boards
from dashboards.build import GENERATED, dashboard_files, drift, generated_files
from dashboards.errors import BoardError
from dashboards.lints import problems


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("check", help="check the boards, and that their files are built")
    parser.set_defaults(run=_run)


def _run(_options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    boards = all_boards()
    refuse(problems(dashboard_files(boards)))
    refuse(
        [
            f"{path}: is not what the boards give; run `python -m dashboards build`"
            for path in drift(generated_files(boards), GENERATED)
        ]
    )
    panels = sum(len(list(board.panels)) for board in boards)
    sys.stdout.write(f"{len(boards)} boards, {panels} panels: in order\n")
    return 0


def refuse(found: Sequence[str]) -> None:
    """Raise an error with a line for each problem, if there is any.

    Raises:
        BoardError: there is one.
    """
    if found:
        raise BoardError("\n".join(("the boards are not in order:", *found)))
