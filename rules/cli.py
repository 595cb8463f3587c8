"""The command line: `python -m rules replay`.

Exit codes: 0 done, 1 it went wrong on the way, 2 wrong arguments or files.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from province.inventory import InventoryError, read_inventory
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.replay import EventLogError, replay
from rules.snapshot import SnapshotError, load_state, save_state

OK, FAILED, USAGE = 0, 1, 2

_EXAMPLE: Final = """\
example:
  python -m rules replay --events events.jsonl --inventory inventory.jsonl --out incidents.jsonl

docs/events.md says what stands in the events, docs/scoring.md what is written.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except (InventoryError, EventLogError, SnapshotError) as error:
        print(error, file=sys.stderr)
        return USAGE
    except OSError as error:
        print(f"rules: {error}", file=sys.stderr)
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rules", description="Which villages are without broadband, and why."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "replay",
        help="decide over an event log, offline",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--events", type=Path, required=True, metavar="FILE", help="the event log")
    command.add_argument(
        "--inventory", type=Path, required=True, metavar="FILE", help="what there is"
    )
    command.add_argument(
        "--out", type=Path, required=True, metavar="FILE", help="what is decided; written anew"
    )
    command.add_argument(
        "--state", type=Path, metavar="DIR", help="go on from the state that was kept there"
    )
    command.set_defaults(run=_replay)
    return parser


def _replay(options: argparse.Namespace) -> int:
    network = Network(read_inventory(options.inventory))
    state = load_state(options.state) if options.state else None
    engine = Engine(network, state)
    # The log first: where it cannot be read, what was decided before stays.
    with options.events.open("rb") as events, options.out.open("w", encoding="utf-8") as out:
        replay(events, str(options.events), engine, out)
    if options.state:
        save_state(options.state, engine.state)
    return OK
