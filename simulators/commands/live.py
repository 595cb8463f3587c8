"""The live half of `python -m simulators run`: real sessions, in one process or in several."""

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
from simulators.choice import choose_part
from simulators.commands.arguments import run_until_signal
from simulators.descriptors import most_sessions
from simulators.ledger import Ledger
from simulators.live.parts import Part, run_parts, stop_with_parent
from simulators.live.run import LiveOptions, run_live
from simulators.milliseconds import instant, milliseconds
from simulators.scenarios.model import Scenario
from simulators.settings import Identities, SimulatorSettings
from simulators.tally import Tally
from simulators.world.production import Play

_HEAD_START: Final = timedelta(seconds=5)
"""For all processes of a run to be there when it begins."""


def play_live(options: argparse.Namespace, scenario: Scenario, environ: Mapping[str, str]) -> int:
    """Run the scenario until a signal; return 1 if the broker took nothing at all, else 0."""
    configure_logs(LogSettings.from_environment(environ), "simulators")
    identities = Identities.from_settings(
        BrokerAddress.from_environment(environ), SimulatorSettings.from_environment(environ)
    )
    clock = SystemClock()
    inventory = read_inventory(options.inventory)
    inventory = choose_part(inventory, options.devices or len(inventory.devices), options.seed)
    part: Part = options.part or Part(1, 1)
    parts = options.processes or -(-len(inventory.devices) // most_sessions())
    if parts > 1 and options.part is None:
        return run_until_signal(lambda stop: _run_parts(options, parts, clock, stop))
    begins_at = instant(options.begins_at) if options.begins_at else clock.now()
    own = frozenset(device.code for device in part.choose(inventory.devices))
    chosen = Play(scenario, inventory, options.seed, own=own)
    live = LiveOptions(
        begins_at,
        options.speed,
        options.protocol,
        options.buffer,
        truth=options.truth if part.number == 1 else None,
        announce=part.number == 1,
    )

    async def main(stop: asyncio.Event) -> Tally:
        if options.part is not None:
            stop_with_parent(stop)
        with contextlib.ExitStack() as stack:
            ledger = stack.enter_context(Ledger(options.ledger)) if options.ledger else None
            return await run_live(chosen, identities, live, stop, clock, ledger)

    tally = run_until_signal(main)
    return 0 if tally.confirmed or not tally.produced else 1


async def _run_parts(
    options: argparse.Namespace, parts: int, clock: SystemClock, stop: asyncio.Event
) -> int:
    begins_at = milliseconds(clock.now() + _HEAD_START)
    command = ["-m", "simulators", *options.arguments, "--begins-at", str(begins_at)]
    return await run_parts(command, parts, stop)
