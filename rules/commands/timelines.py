"""`python -m rules test`: run timelines, and say what differs."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rules.commands.files import file_of
from rules.errors import UsageError
from rules.rulebook.reader import SHIPPED, timeline_files
from rules.rulebook.timelines.reader import read_timelines
from rules.rulebook.timelines.run import run_suite

_EXAMPLE: Final = """\
examples:
  python -m rules test
  python -m rules test tests/flood.yaml

Without FILE, the tests of the shipped rulebook. Exit code 1 if anything is not as expected, with a
line for each difference: - is missing, + is not expected, ! is not as expected.
docs/rulebook.md describes the format.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "test",
        help="run timelines: values and outages at times, and what must be said of them",
        description="Run timelines: values and outages at times, and what must be said of them.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", type=Path, nargs="*", metavar="FILE", help="files of timelines, or directories")
    add("--quiet", action="store_true", help="say nothing of what is as expected")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Run the tests; return the exit code."""
    with file_of("timelines", None):
        files = timeline_files(options.files or [SHIPPED / "tests"])
        suites = [read_timelines(file) for file in files]
    if not any(suite.file.tests for suite in suites):
        where = ", ".join(str(file) for file in options.files)
        raise UsageError(f"{where}: no timelines there: no .yaml file with tests")
    good = bad = 0
    for suite in suites:
        for outcome in run_suite(suite):
            good, bad = (good, bad + 1) if outcome.differences else (good + 1, bad)
            if outcome.differences:
                sys.stdout.writelines(f"{line}\n" for line in outcome.differences)
            elif not options.quiet:
                sys.stdout.write(f"{suite.source}: {outcome.test}: as expected\n")
    sys.stdout.write(f"{good} as expected, {bad} not\n")
    return 1 if bad else 0
