"""`python -m simulators watch`: a reference watcher reads an event log and writes incidents."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from simulators.commands.arguments import Parsers, add_command
from simulators.errors import UsageError
from simulators.score.truth import read_truth
from simulators.watchers.oracle import foretell
from simulators.watchers.reporter import Reporter
from simulators.watchers.service import WATCHERS, watch

_ORACLE: Final = "oracle"
_EXAMPLE: Final = """\
watchers:
  naive      a deadman of three intervals for each device
  static     the same, with dependencies that somebody drew
  silent     says nothing
  shouting   an outage of each village, each minute
  oracle     reads the truth log, to prove that the score can be had

examples:
  python -m simulators watch naive --events events.jsonl --inventory inventory.jsonl \\
    --out incidents.jsonl
  python -m simulators watch oracle --truth truth.jsonl --out incidents.jsonl

EVENTS may be a FIFO; it is read once. docs/scoring.md describes what is written.
"""


def configure(commands: "Parsers[argparse.ArgumentParser]", _environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(commands, "watch", "run a reference watcher over an event log", _EXAMPLE)
    add = parser.add_argument
    add("watcher", choices=(*WATCHERS, _ORACLE), help="which one")
    add("--events", type=Path, metavar="FILE", help="the event log (docs/events.md)")
    add("--inventory", type=Path, metavar="FILE", help="the inventory, as published")
    add("--truth", type=Path, metavar="FILE", help="the truth log, for the oracle only")
    add("--out", type=Path, required=True, metavar="FILE", help="the incidents; written anew")
    add(
        "--state",
        type=Path,
        metavar="DIR",
        help="what it remembers from one part of a run to the next (default: nothing)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Write the incidents; return the exit code."""
    if options.watcher == _ORACLE:
        if options.truth is None:
            raise UsageError("watch oracle: --truth is needed")
        with options.out.open("w", encoding="utf-8") as file:
            foretell(read_truth(options.truth), Reporter(file))
        return 0
    if options.events is None or options.inventory is None:
        raise UsageError(f"watch {options.watcher}: --events and --inventory are needed")
    watch(options.watcher, options.events, options.inventory, options.out, options.state)
    return 0
