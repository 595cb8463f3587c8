"""`python -m simulators province`: write the inventory of a province to try things with."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from province.inventory import write_inventory
from simulators.commands.arguments import Parsers, add_command, add_scale, add_seed
from simulators.errors import UsageError
from simulators.generate import generate_province
from simulators.generate.summary import summarise

_EXAMPLE: Final = """\
examples:
  python -m simulators province --seed 7 --scale 0.1 --out inventory.jsonl
  python -m simulators province --wrong-edges 5% --out inventory.jsonl --true-out true.jsonl
"""


def configure(commands: "Parsers[argparse.ArgumentParser]", _environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands,
        "province",
        "write an inventory: real communes, invented villages, networks and devices",
        _EXAMPLE,
    )
    add_seed(parser)
    add_scale(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="what to write")
    parser.add_argument(
        "--wrong-edges",
        type=_share,
        default=0.0,
        metavar="SHARE",
        help="let so many edges of it lead to the wrong neighbour: 5%%, or 0.05 (default: none)",
    )
    parser.add_argument(
        "--true-out", type=Path, metavar="FILE", help="write it without wrong edges as well"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Write the inventory, print what is in it; return the exit code."""
    if options.true_out is not None and options.true_out.resolve() == options.out.resolve():
        raise UsageError(f"--out and --true-out are the same file: {options.out}")
    province = generate_province(options.seed, options.scale, wrong_edges=options.wrong_edges)
    write_inventory(options.out, province.published)
    if options.true_out is not None:
        write_inventory(options.true_out, province.true)
    print(summarise(province), end="")  # noqa: T201 - the command's answer
    return 0


def _share(text: str) -> float:
    number = text.removesuffix("%")
    try:
        share = float(number) / (1 if number == text else 100)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a share from 0 to 1, nor from 0% to 100%"
        )
    return share
