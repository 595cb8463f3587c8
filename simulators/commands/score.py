"""`python -m simulators score`: what a watcher said of a run, against what really happened."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from simulators.commands.arguments import Parsers, add_command
from simulators.score.evidence import gather
from simulators.score.incidents import read_incidents
from simulators.score.matching import match
from simulators.score.report import as_json, as_table
from simulators.score.timeline import draw_timeline
from simulators.score.truth import read_truth

_EXAMPLE: Final = """\
example:
  python -m simulators score --truth truth.jsonl --incidents incidents.jsonl --svg timeline.svg

docs/scoring.md describes the files, each metric, the score and its gates.
"""


def configure(commands: "Parsers[argparse.ArgumentParser]", _environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands, "score", "score what a watcher said of a run against the truth", _EXAMPLE
    )
    add = parser.add_argument
    add("--truth", type=Path, required=True, metavar="FILE", help="what really happened")
    add("--incidents", type=Path, required=True, metavar="FILE", help="what the watcher said")
    add(
        "--twin",
        type=Path,
        metavar="FILE",
        help="what it said of the same run without faults; the two must be the same",
    )
    add("--svg", type=Path, metavar="FILE", help="draw truth and incidents as a timeline")
    add("--json", action="store_true", help="everything, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Print the score; return the exit code."""
    truth = read_truth(options.truth)
    log = read_incidents(options.incidents)
    twin = read_incidents(options.twin) if options.twin else None
    matching = match(truth, log)
    evidence = gather(truth, log, twin, matching=matching)
    title = f"{truth.run.scenario}, seed {truth.run.seed}: {options.incidents}"
    if options.svg:
        options.svg.write_text(draw_timeline(truth, matching, title), encoding="utf-8")
    text = json.dumps(as_json(evidence), indent=2) if options.json else as_table(evidence, title)
    print(text)  # noqa: T201 - what the command is for
    return 0
