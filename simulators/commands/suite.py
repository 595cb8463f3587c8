"""`python -m simulators suite`: every scenario, every watcher, one table."""

import argparse
import json
import signal
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NoReturn

from simulators.commands.arguments import Parsers, add_command, add_scale, count, duration, seeds
from simulators.errors import UsageError
from simulators.suite.contestants import line_up
from simulators.suite.plan import default_scenarios, make_tasks
from simulators.suite.progress import ProgressLines
from simulators.suite.report import as_object, as_text
from simulators.suite.service import SuiteOptions, run_suite

_SCALE: Final = 0.1
_EXAMPLE: Final = """\
examples:
  python -m simulators suite
  python -m simulators suite --seeds 4,7-9 --scenarios storm
  python -m simulators suite --scenarios feeder-cut,two-faults --seeds 3 --out results \\
    --watcher 'engine=my-engine --log {events} --inventory {inventory} --out {out} --state {state}'

A watcher is a command. {events} becomes a FIFO that it reads once, {inventory} the inventory as
published, {out} the file of incidents that it writes anew, {state} a path of its own that outlives
the restart of a run.
docs/scoring.md describes files and figures.
"""


def configure(commands: "Parsers[argparse.ArgumentParser]", _environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(commands, "suite", "score watchers on every scenario", _EXAMPLE)
    add_scale(parser, _SCALE)
    add = parser.add_argument
    add(
        "--seeds",
        type=seeds,
        default=(1,),
        metavar="N",
        help="3 for seeds 1 to 3; or chosen ones, such as 4,5 or 4-10 or 7-7 (default: 1)",
    )
    add(
        "--watcher",
        action="append",
        default=[],
        metavar="[NAME=]CMD",
        help="a watcher besides the reference watchers; may be given several times",
    )
    add(
        "--scenarios",
        metavar="A,B",
        help="names from `list`, or YAML files (default: all that have a number, and quiet-week)",
    )
    add("--jobs", type=count, default=2, help="runs at a time (default: 2)")
    add(
        "--deadline",
        type=duration,
        help="a watcher that a run waits for longer than this is stopped"
        " (default: two minutes, and 0.2 s for each 1,000 lines)",
    )
    add("--out", type=Path, metavar="DIR", help="keep truth, incidents and timelines there")
    add("--json", action="store_true", help="everything, for machines")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Run the suite and print its report; return 1 if anything went wrong on the way, else 0."""
    contestants = line_up(options.watcher)
    sources = _sources(options.scenarios) if options.scenarios else default_scenarios()
    tasks = make_tasks(sources, options.seeds, options.scale)
    deadline_seconds = options.deadline.total_seconds() if options.deadline else None
    suite = SuiteOptions(options.scale, options.jobs, deadline_seconds, options.out is not None)
    # A signal must not leave watchers behind; as an exception it passes through what ends them.
    # Whoever starts a command in the background may have it ignore SIGINT; our services do not.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _interrupt)
    with ExitStack() as stack:
        directory = options.out or Path(stack.enter_context(TemporaryDirectory()))
        try:
            results = run_suite(
                tasks, contestants, directory, suite, ProgressLines(tasks, options.jobs)
            )
        except KeyboardInterrupt:
            print("stopped", file=sys.stderr)  # noqa: T201 - to whoever stopped it
            return 1
        report = as_object(results, options.scale)
        if options.out:
            text = json.dumps(report, indent=2)
            (options.out / "suite.json").write_text(text, encoding="utf-8")
    print(json.dumps(report, indent=2) if options.json else as_text(results))  # noqa: T201 - its answer
    return 1 if any(result.problems for result in results) else 0


def _sources(text: str) -> list[str]:
    sources = text.split(",")
    if "" in sources:
        raise UsageError(f"--scenarios {text!r}: a name is missing beside a comma")
    twice = sorted({source for source in sources if sources.count(source) > 1})
    if twice:
        raise UsageError(f"--scenarios {text!r}: {', '.join(twice)} is there twice")
    return sources


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
