"""Arguments that several commands take."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from runtime.settings import parse_duration
from runtime.shutdown import stop_on_signals

_MOST_SEEDS = 1000

Parsers = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it

T = TypeVar("T")


def add_command(
    commands: "Parsers[argparse.ArgumentParser]", name: str, summary: str, epilog: str
) -> argparse.ArgumentParser:
    """Add a command's parser, whose help ends in `epilog` as it is written."""
    return commands.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_inventory(parser: argparse.ArgumentParser) -> None:
    """Add --inventory."""
    parser.add_argument(
        "--inventory",
        type=Path,
        required=True,
        metavar="FILE",
        help="the inventory file (docs/topics/inventory.md)",
    )


def add_seed(parser: argparse.ArgumentParser) -> None:
    """Add --seed."""
    parser.add_argument(
        "--seed", type=int, default=1, help="the same seed gives the same run (default: 1)"
    )


def add_scale(parser: argparse._ActionsContainer, default: float = 1.0) -> None:
    """Add --scale."""
    parser.add_argument(
        "--scale",
        type=_scale,
        default=default,
        help="1 gives 102 communes, 2,500 villages and some 7,900 devices; 0.1 gives ten "
        f"communes that are as large (default: {default:g})",
    )


def add_ledger(parser: argparse._ActionsContainer) -> None:
    """Add --ledger."""
    parser.add_argument(
        "--ledger",
        type=Path,
        metavar="FILE",
        help="append a line for each report that the broker confirmed",
    )


def duration(text: str) -> timedelta:
    """Return the duration above zero that an argument such as 30s means."""
    try:
        parsed = parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if parsed <= timedelta(0):
        raise argparse.ArgumentTypeError(f"{text!r} is not above zero")
    return parsed


def count(text: str) -> int:
    """Return the whole number above zero that an argument means."""
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above zero")
    return int(text)


def seeds(text: str) -> tuple[int, ...]:
    """Return the seeds that an argument means: `3` is 1 to 3; `4,7-9` are those it names."""
    if text.isdecimal():
        return tuple(range(1, count(text) + 1))
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not (first.isdecimal() and (last.isdecimal() or not dash)):
            raise argparse.ArgumentTypeError(
                f"{part!r} in {text!r} is neither a seed such as 4 nor a range such as 4-10"
            )
        chosen = range(int(first), int(last or first) + 1)
        if not chosen or chosen[0] == 0:
            raise argparse.ArgumentTypeError(
                f"{part!r} in {text!r}: a range goes upwards, and seeds begin with 1"
            )
        if len(found) + len(chosen) > _MOST_SEEDS:
            raise argparse.ArgumentTypeError(f"{text!r} is more than {_MOST_SEEDS} seeds")
        found.extend(chosen)
    twice = next((seed for seed in found if found.count(seed) > 1), None)
    if twice is not None:
        raise argparse.ArgumentTypeError(f"seed {twice} is in {text!r} twice")
    return tuple(found)


def speed(text: str) -> float:
    """Return the speed, 0.1 to 1000, that an argument means."""
    try:
        times = float(text)
    except ValueError:
        times = -1.0
    if not 0.1 <= times <= 1000:  # noqa: PLR2004 - beyond it nothing is left of a report's interval
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.1 to 1000")
    return times


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = -1.0
    if not 0 < scale <= 100:  # noqa: PLR2004 - a hundred provinces are enough for anybody
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0, up to 100")
    return scale


def run_until_signal(main: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    """Run a service in a new event loop; SIGTERM and SIGINT set the event it is given."""

    async def run() -> T:
        stop = asyncio.Event()
        stop_on_signals(stop)
        return await main(stop)

    return asyncio.run(run())
