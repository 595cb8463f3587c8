"""`python -m gateway try`: what a message of another system becomes, and why not."""

import argparse
import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from gateway.adapters.conversion import shown
from gateway.adapters.declared import DeclaredAdapter
from gateway.adapters.explained import Explained
from gateway.adapters.loading import load_adapters
from gateway.adapters.samples import Arrival, read_samples
from gateway.commands.trial import KnownNames, adapter_of, directories, notes_on
from gateway.errors import UsageError
from gateway.translation import Adapter, Incoming
from province.instants import parse_instant
from runtime.clock import SystemClock

_EXAMPLES: Final = """\
examples:
  python -m gateway try chirpstack uplink.json --route '?event=up'
  python -m gateway try tasmota sensor.json --topic tele/wemos2/SENSOR
  python -m gateway try sparkplug births.jsonl
  mosquitto_sub -t 'zigbee2mqtt/#' -F %p | python -m gateway try zigbee2mqtt - --topic zigbee2mqtt/x
  python -m gateway try my-vendor samples.jsonl --adapters ./adapters --inventory inventory.jsonl

FILE is one body; `-` reads standard input. A .jsonl file has a message a line, with `topic` and
`payload` (or `hex`, the bytes of a binary one), or the body alone. Exit code 0 if nothing is
refused, 1 if something is, 2 if it could not be tried. docs/adapters.md describes the adapters.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "try",
        help="show what a message of another system becomes, and why not",
        description="Show what a message of another system becomes, and why not; nothing is sent.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("adapter", metavar="ADAPTER", help="its name; python -m gateway adapters lists them")
    add("file", metavar="FILE", help="the message, or - for standard input")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--topic", help="as if it came over MQTT on this topic")
    where.add_argument(
        "--route",
        default="",
        help="as if it came over HTTP; what follows /in/ADAPTER, such as '?event=up'",
    )
    add("--retained", action="store_true", help="as if the broker had kept it")
    add("--received-at", type=_instant, metavar="TIME", help="when it arrived (default: now)")
    add("--inventory", type=Path, metavar="FILE", help="say whose device it is, and where it goes")
    add("--adapters", type=Path, metavar="DIRECTORY", help="as GATEWAY_ADAPTERS")
    add("--json", action="store_true", help="one JSON object a message")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Try the messages of a file; return the exit code."""
    adapter = adapter_of(options.adapter, load_adapters(directories(options.adapters, environ)))
    names = None if options.inventory is None else KnownNames(options.inventory)
    now = options.received_at or SystemClock().now()
    arrival = Arrival(options.topic, options.route, now, options.retained)
    good, tried = True, 0
    name = "standard input" if options.file == "-" else options.file
    for place, incoming in read_samples(_content(options.file), name, arrival):
        explained = _explained(adapter, incoming, place, names)
        good, tried = good and explained.good, tried + 1
        if options.json:
            print(json.dumps(explained.document(), ensure_ascii=False, default=shown))
        else:
            print(*explained.lines(), "", sep="\n")
    if not tried:
        raise UsageError(f"{name}: no message in it")
    return 0 if good else 1


def _explained(
    adapter: Adapter, incoming: Incoming, place: str, names: KnownNames | None
) -> Explained:
    if isinstance(adapter, DeclaredAdapter):
        findings = adapter.examine(incoming)
        outcome, message, fates = findings.outcome(), findings.message, findings.fates or []
    else:
        outcome, message, fates = adapter.translate(incoming), adapter.name, []
    notes = notes_on(outcome, incoming.received_at)
    topics = {} if names is None else names.place(outcome, incoming.received_at)
    return Explained(place, message, outcome, fates, topics, notes)


def _content(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror or error}") from None


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
