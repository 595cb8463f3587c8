"""`python -m rules replay`: decide over an event log, offline."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from province.inventory import read_inventory
from rules.commands.files import file_of
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.replay import replay
from rules.snapshot import load_state, save_state

_EXAMPLE: Final = """\
example:
  python -m rules replay --events events.jsonl --inventory inventory.jsonl --out incidents.jsonl

docs/events.md says what stands in the events, docs/scoring.md what is written.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "replay",
        help="decide over an event log, offline",
        description="Decide over an event log, offline.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--events", type=Path, required=True, metavar="FILE", help="the event log")
    add("--inventory", type=Path, required=True, metavar="FILE", help="what there is")
    add("--out", type=Path, required=True, metavar="FILE", help="what is decided; written anew")
    add("--state", type=Path, metavar="DIR", help="go on from the state that was kept there")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Replay the log; return the exit code."""
    with file_of("--inventory", options.inventory):
        network = Network(read_inventory(options.inventory))
    with file_of("--state", options.state):
        state = load_state(options.state) if options.state else None
    engine = Engine(network, state)
    # The log first: where it cannot be read, what was decided before stays.
    with file_of("--events", options.events):
        events = options.events.open("rb")
    with events:
        with file_of("--out", options.out):
            out = options.out.open("w", encoding="utf-8")
        with out:
            replay(events, str(options.events), engine, out)
    if options.state:
        with file_of("--state", options.state):
            save_state(options.state, engine.state)
    return 0
