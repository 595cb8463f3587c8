"""`python -m gateway adapters`: which adapters and decoders there are."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from gateway.adapters.declared import DeclaredAdapter
from gateway.adapters.loading import load_library
from gateway.adapters.schema import Report
from gateway.commands.asking import show_table
from gateway.commands.trial import adapter_of, directories
from gateway.translation import Adapter


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "adapters",
        help="list and check adapters and decoders",
        description="List the adapters and decoders there are, and with them check their files."
        " With a name, say what that adapter keeps, what it leaves out, and why. Exit code 2 if a"
        " file is wrong.",
    )
    parser.add_argument("adapter", nargs="?", metavar="ADAPTER", help="say more of this one")
    parser.add_argument(
        "--adapters", type=Path, metavar="DIRECTORY", help="your own; as GATEWAY_ADAPTERS"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """List them; return the exit code."""
    adapters, shelf = load_library(directories(options.adapters, environ))
    if options.adapter is not None:
        print(*_described(adapter_of(options.adapter, adapters)), sep="\n")
        return 0
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


def _described(adapter: Adapter) -> Iterator[str]:
    """Yield what an adapter keeps, and what it leaves out and why."""
    if not isinstance(adapter, DeclaredAdapter):
        yield f"{adapter.name} is in code: docs/codecs.md"
        return
    yield f"{adapter.name}: {adapter.about}"
    for message in adapter.messages:
        yield f"\n{message.message}"
        if message.ignored is not None:
            yield f"  left out: {message.ignored}"
        for report in message.reports:
            yield from _kept(report)
        for ignore in (*message.ignore, *(one for each in message.reports for one in each.ignore)):
            yield f"  left out, {ignore.because}:"
            yield f"    {', '.join(ignore.fields)}"


def _kept(report: Report) -> Iterator[str]:
    if report.status is not None:
        yield "  keeps presence"
    if report.event is not None:
        yield "  keeps an event"
    if report.values:
        yield f"  keeps {', '.join(report.values)}"
    if report.payload is not None:
        yield "  keeps what a decoder reads of the payload"
