"""`python -m simulators list`: the scenarios there are, and what is in one."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from simulators.commands.arguments import Parsers, add_command
from simulators.scenarios.describe import describe, describe_all
from simulators.scenarios.errors import ScenarioError
from simulators.scenarios.model import Scenario
from simulators.scenarios.reader import load_scenario, read_scenario, scenario_names
from simulators.scenarios.reference import fill_tables

_EXAMPLES: Final = """\
examples:
  python -m simulators list
  python -m simulators list feeder-cut
  python -m simulators list --check mine.yaml

docs/scenarios.md says how to write a scenario of one's own.
"""


def configure(commands: "Parsers[argparse.ArgumentParser]", _environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands, "list", "list the scenarios, show one, or check files of one's own", _EXAMPLES
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "scenario", nargs="?", help="show this one: a name from the list, or a YAML file"
    )
    what.add_argument(
        "--check", nargs="+", type=Path, metavar="FILE", help="say what is wrong with these files"
    )
    what.add_argument(
        "--tables", type=Path, metavar="FILE", help="make the tables of docs/scenarios.md anew"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Print what was asked for; return 1 if a checked file has a problem, else 0."""
    if options.check is not None:
        return _check(options.check)
    if options.tables is not None:
        text = options.tables.read_text(encoding="utf-8")
        options.tables.write_text(fill_tables(text), encoding="utf-8")
        return 0
    lines = (
        describe_all(load_scenario(name) for name in scenario_names())
        if options.scenario is None
        else describe(_choose(options.scenario))
    )
    print("\n".join(lines))  # noqa: T201 - what the command is for
    return 0


def _check(paths: Sequence[Path]) -> int:
    sound = True
    for path in paths:
        try:
            scenario = read_scenario(path)
        except ScenarioError as error:
            print(error, file=sys.stderr)  # noqa: T201 - what the command is for
            sound = False
        else:
            print(f"{path}: {len(scenario.faults)} faults")  # noqa: T201 - the same
    return 0 if sound else 1


def _choose(name: str) -> Scenario:
    is_file = name.endswith((".yaml", ".yml"))
    return read_scenario(Path(name)) if is_file else load_scenario(name)
