"""`python -m simulators load`: many reports at the least cost, and a summary as JSON."""

import argparse
import asyncio
import contextlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from province.inventory import read_inventory
from runtime.broker.address import BrokerAddress
from runtime.clock import SystemClock
from runtime.logs import LogSettings, configure_logs
from simulators.choice import choose_devices
from simulators.commands.arguments import (
    Parsers,
    add_command,
    add_inventory,
    add_ledger,
    add_seed,
    count,
    duration,
)
from simulators.errors import UsageError
from simulators.ledger import Ledger
from simulators.load.service import LoadOptions, run_load

_EXAMPLE: Final = """\
example:
  MQTT_URL=mqtt://gateway@127.0.0.1:1883 MQTT_PASSWORD_FILE=gateway.password \\
    python -m simulators load --inventory inventory.jsonl --rate 5000 --duration 60s

The user of MQTT_URL must be allowed to write for every device. The observed_at of a report is
the moment it was sent; the boot_id of the summary tells a run's rows from all others.

"""
_MOST_REPORTS: Final = 500


def configure(commands: "Parsers[argparse.ArgumentParser]", environment: str) -> None:
    """Add the command's parser."""
    parser = add_command(
        commands,
        "load",
        "publish reports of many devices over few connections, as fast as asked",
        _EXAMPLE + environment,
    )
    add_inventory(parser)
    add_seed(parser)
    add_ledger(parser)
    pace = parser.add_mutually_exclusive_group(required=True)
    pace.add_argument(
        "--rate", type=count, help="messages a second, whatever the broker confirms (open loop)"
    )
    pace.add_argument("--max", action="store_true", help="as fast as the broker confirms")
    parser.add_argument(
        "--duration",
        type=duration,
        default=timedelta(seconds=30),
        help="such as 60s (default: 30s)",
    )
    parser.add_argument("--devices", type=count, default=1000, help="default: 1000")
    parser.add_argument(
        "--kind",
        choices=("link", "sensor", "all"),
        default="link",
        help="devices that watch links, sensors, or both (default: link)",
    )
    parser.add_argument("--connections", type=count, default=2, help="default: 2")
    parser.add_argument(
        "--reports-per-message", type=count, default=1, metavar="N", help="default: 1"
    )
    parser.add_argument(
        "--window",
        type=count,
        default=1000,
        help="with --max: messages that a connection sends ahead of confirmations (default: 1000)",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Publish, print the summary; return 1 if anything stayed unconfirmed, else 0."""
    configure_logs(LogSettings.from_environment(environ), "simulators")
    if options.reports_per_message > _MOST_REPORTS:
        raise UsageError(f"--reports-per-message: at most {_MOST_REPORTS}")
    address = BrokerAddress.from_environment(environ)
    inventory = read_inventory(options.inventory)
    wanted = {"link": (True,), "sensor": (False,), "all": (True, False)}[options.kind]
    everything = choose_devices(inventory, len(inventory.devices), options.seed)
    devices = [device for device in everything if device.kind.watches_link in wanted]
    if not devices:
        raise UsageError(f"{options.inventory}: no device of kind {options.kind}")
    load = LoadOptions(
        options.rate,
        options.duration,
        options.connections,
        options.reports_per_message,
        options.window,
        options.seed,
    )

    async def main() -> dict[str, Any]:
        with contextlib.ExitStack() as stack:
            ledger = stack.enter_context(Ledger(options.ledger)) if options.ledger else None
            chosen = devices[: options.devices]
            return await run_load(inventory, chosen, address, load, SystemClock(), ledger)

    summary = asyncio.run(main())
    print(json.dumps(summary, indent=2))  # noqa: T201 - what the command is for
    return 0 if summary["confirmed_messages"] == summary["sent_messages"] else 1
