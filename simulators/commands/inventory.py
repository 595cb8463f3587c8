"""`python -m simulators inventory`: write an inventory to try things with."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from province.inventory import write_inventory
from simulators.commands.arguments import Parsers, add_command, add_seed
from simulators.generate import generate_inventory

_EXAMPLE: Final = """\
example:
  python -m simulators inventory --seed 7 --scale 0.1 --out inventory.jsonl
"""


def configure(commands: "Parsers[argparse.ArgumentParser]", _environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands,
        "inventory",
        "write an inventory: the 102 real communes, invented villages, networks and devices",
        _EXAMPLE,
    )
    add_seed(parser)
    parser.add_argument(
        "--scale",
        type=_scale,
        default=1.0,
        help="1, the default, gives 2,500 villages and some 8,000 devices",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="what to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Write the inventory; return the exit code."""
    write_inventory(options.out, generate_inventory(options.seed, options.scale))
    return 0


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = -1.0
    if not 0 < scale <= 100:  # noqa: PLR2004 - a hundred provinces are enough for anybody
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0, up to 100")
    return scale
