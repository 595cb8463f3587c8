"""`python -m simulators run`: play a scenario, offline into a file or live at a broker."""

import argparse
import gc
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

from province.inventory import write_inventory
from simulators.commands.arguments import (
    Parsers,
    add_command,
    add_ledger,
    add_scale,
    add_seed,
    count,
    duration,
    speed,
)
from simulators.commands.live import play_live
from simulators.errors import UsageError
from simulators.generate import generate_province
from simulators.live.parts import Part
from simulators.offline.run import Progress, run_offline
from simulators.scenarios.model import Scenario
from simulators.scenarios.reader import load_scenario, read_scenario
from simulators.world.cast import with_intervals
from simulators.world.production import Play

_EXAMPLES: Final = """\
examples:
  python -m simulators run feeder-cut --scale 0.1 --seed 7 \\
    --events events.jsonl --truth truth.jsonl --inventory inventory.jsonl
  MQTT_URL=mqtt://127.0.0.1:1883 SIMULATORS_PASSWORDS_FILE=devices.passwords \\
    python -m simulators run feeder-cut --live --speed 10 --inventory inventory.jsonl

With --live every device of the inventory has an MQTT session of its own. After the scenario
the devices go on; SIGTERM or SIGINT has every device say goodbye, wait for its confirmations
and leave. docs/scenarios.md says what a scenario is, docs/events.md what stands in the files.

"""
_EVERY_SECONDS: Final = 1.0


def configure(commands: "Parsers[argparse.ArgumentParser]", environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands,
        "run",
        "play a scenario: what devices say while things break",
        _EXAMPLES + environment,
    )
    parser.add_argument("scenario", help="a name from `list`, or a YAML file")
    add_seed(parser)
    parser.add_argument(
        "--interval", type=duration, help="between reports, such as 30s (default: the scenario's)"
    )
    parser.add_argument("--truth", type=Path, metavar="FILE", help="write what really happened")
    parser.add_argument(
        "--inventory",
        type=Path,
        metavar="FILE",
        help="offline: write what watchers are told there is; live: read what there is",
    )
    parser.add_argument(
        "--without-faults", action="store_true", help="the same run, and nothing breaks"
    )
    _configure_offline(parser.add_argument_group("offline, into files"))
    _configure_live(parser.add_argument_group("live, at a broker"))
    parser.set_defaults(run=run)


def _configure_offline(group: "argparse._ArgumentGroup") -> None:
    add_scale(group)
    group.add_argument(
        "--events",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="write what the broker would deliver; may be given several times",
    )
    group.add_argument(
        "--restart-events",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="go on there once the watcher is restarted",
    )


def _configure_live(group: "argparse._ArgumentGroup") -> None:
    group.add_argument("--live", action="store_true", help="with real sessions")
    group.add_argument(
        "--speed", type=speed, default=1.0, help="play so many times as fast (default: 1)"
    )
    group.add_argument("--devices", type=count, help="how many of them (default: all)")
    group.add_argument(
        "--processes", type=count, help="over so many (default: as the open-files limit asks for)"
    )
    group.add_argument(
        "--protocol", choices=("5", "3.1.1"), default="5", help="version of MQTT (default: 5)"
    )
    group.add_argument(
        "--buffer",
        type=count,
        default=240,
        help="reports that a device keeps while it is offline (default: 240)",
    )
    add_ledger(group)
    # For the processes of one run among themselves.
    group.add_argument("--part", type=Part.parse, help=argparse.SUPPRESS)
    group.add_argument("--begins-at", type=int, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Play the scenario; return the exit code."""
    scenario = choose(options.scenario, options.interval)
    if options.live:
        if options.events or options.inventory is None:
            raise UsageError("run --live: give --inventory, and no --events")
        return play_live(options, scenario, environ)
    if not options.events:
        raise UsageError("run: give --events FILE to run offline, or --live")
    if options.restart_events and len(options.restart_events) != len(options.events):
        raise UsageError("--restart-events: give as many as --events")
    return _play_offline(options, scenario)


def choose(name: str, interval: timedelta | None) -> Scenario:
    """Return a scenario by name or file, with another interval if one is asked for.

    Raises:
        ScenarioError: there is none of that name, or its file has problems.
        OSError: its file cannot be read.
    """
    is_file = name.endswith((".yaml", ".yml"))
    scenario = read_scenario(Path(name)) if is_file else load_scenario(name)
    if interval is None:
        return scenario
    conditions = scenario.conditions.model_copy(update={"interval": interval})
    return scenario.model_copy(update={"conditions": conditions})


def _play_offline(options: argparse.Namespace, scenario: Scenario) -> int:
    wrong_edges = scenario.conditions.wrong_edges
    province = generate_province(options.seed, options.scale, wrong_edges=wrong_edges)
    if options.inventory is not None:
        write_inventory(options.inventory, with_intervals(province.published, scenario.conditions))
    chosen = Play(
        scenario, province.true, options.seed, options.scale, faults=not options.without_faults
    )
    # A run makes millions of small objects and no cycles: looking for some takes a tenth of it.
    gc.disable()
    with ExitStack() as stack:
        # The truth first: a watcher's FIFO would hold up what comes after it.
        truth = options.truth and stack.enter_context(options.truth.open("w", encoding="utf-8"))
        events = _open(stack, options.events)
        outcome = run_offline(
            chosen, events, lambda: _open(stack, options.restart_events), truth, _progress()
        )
    print(f"{outcome.lines} lines, sha256 {outcome.sha256}")  # noqa: T201 - the command's answer
    return 0


def _open(stack: ExitStack, paths: Sequence[Path]) -> list[BinaryIO]:
    return [stack.enter_context(path.open("wb")) for path in paths]


def _progress() -> Progress | None:
    """Return what says on a terminal how far the run is, once a second."""
    if not sys.stderr.isatty():
        return None
    began = time.monotonic()
    said = [began]

    def progress(done: float, lines: int) -> None:
        now = time.monotonic()
        if done < 1 and now - said[0] < _EVERY_SECONDS:
            return
        said[0] = now
        left = (now - began) * (1 / done - 1)
        rate = lines / max(now - began, 1e-3)
        end = "\n" if done >= 1 else ""
        sys.stderr.write(
            f"\r{done:4.0%}  {lines:>9} lines  {rate:7.0f} lines/s  {left:4.0f} s left{end}"
        )
        sys.stderr.flush()

    return progress
