"""`python -m simulators fleet`: devices of an inventory, each with its own session."""

import argparse
import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from province.inventory import read_inventory
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from runtime.logs import LogSettings, configure_logs
from simulators.commands.arguments import (
    Parsers,
    add_command,
    add_inventory,
    add_ledger,
    add_seed,
    count,
    duration,
    run_until_signal,
)
from simulators.connection import ConnectionOptions
from simulators.fleet.service import FleetOptions, run_fleet
from simulators.ledger import Ledger
from simulators.publisher import PublisherOptions
from simulators.settings import Identities, SimulatorSettings
from simulators.tally import Tally

_EXAMPLE: Final = """\
example:
  MQTT_URL=mqtt://127.0.0.1:1883 SIMULATORS_PASSWORDS_FILE=devices.passwords \\
    python -m simulators fleet --inventory inventory.jsonl --devices 500 --interval 30s

SIGTERM or SIGINT has every device say goodbye, wait for its confirmations and leave.

"""


def configure(commands: "Parsers[argparse.ArgumentParser]", environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands,
        "fleet",
        "run devices of an inventory, each with an MQTT session of its own",
        _EXAMPLE + environment,
    )
    add_inventory(parser)
    add_seed(parser)
    add_ledger(parser)
    parser.add_argument("--devices", type=count, default=100, help="how many to run (default: 100)")
    parser.add_argument(
        "--interval", type=duration, help="between reports, such as 30s (default: the inventory's)"
    )
    parser.add_argument(
        "--protocol", choices=("5", "3.1.1"), default="5", help="version of MQTT (default: 5)"
    )
    parser.add_argument(
        "--keepalive",
        type=duration,
        default=timedelta(seconds=30),
        help="the broker sends a device's will after 1.5 times this silence (default: 30s)",
    )
    parser.add_argument(
        "--buffer",
        type=count,
        default=240,
        help="reports that a device keeps while it is offline (default: 240)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the fleet until a signal; return 1 if the broker took nothing at all, else 0."""
    configure_logs(LogSettings.from_environment(environ), "simulators")
    identities = Identities.from_settings(
        BrokerAddress.from_environment(environ), SimulatorSettings.from_environment(environ)
    )
    inventory = read_inventory(options.inventory)
    fleet = FleetOptions(
        devices=options.devices,
        seed=options.seed,
        interval=options.interval,
        publisher=PublisherOptions(
            ConnectionOptions(options.protocol, options.keepalive), options.buffer
        ),
    )

    async def main(stop: asyncio.Event) -> Tally:
        with contextlib.ExitStack() as stack:
            ledger = stack.enter_context(Ledger(options.ledger)) if options.ledger else None
            return await run_fleet(inventory, identities, fleet, stop, SystemClock(), ledger)

    tally = run_until_signal(main)
    return 0 if tally.confirmed or not tally.produced else 1
