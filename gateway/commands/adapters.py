"""`python -m gateway adapters`: which adapters and decoders there are."""

import argparse
from collections.abc import Mapping
from pathlib import Path

from gateway.adapters.declared import DeclaredAdapter
from gateway.adapters.library import load_library
from gateway.commands.asking import show_table
from gateway.commands.trial import directories


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "adapters",
        help="list and check adapters and decoders",
        description="List the adapters and decoders there are, and with them check their files."
        " Exit code 2 if a file is wrong.",
    )
    parser.add_argument(
        "--adapters", type=Path, metavar="DIRECTORY", help="your own; as GATEWAY_ADAPTERS"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """List them; return the exit code."""
    adapters, shelf = load_library(directories(options.adapters, environ))
    show_table(
        ("adapter", "topics", "what it is"),
        [
            (
                name,
                " ".join(adapter.topics) or "HTTP only",
                adapter.about if isinstance(adapter, DeclaredAdapter) else "in code",
            )
            for name, adapter in sorted(adapters.items())
        ],
    )
    print()
    show_table(
        ("decoder", "what it reads"),
        [(name, decoder.about) for name, decoder in sorted(shelf.decoders.items())],
    )
    return 0
