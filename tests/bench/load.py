"""The publisher of the measurements: our own load generator, as a process."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from typing import Any

from province.inventory import write_inventory
from tests.world import World

DEVICES = 6000


@dataclass(frozen=True, slots=True)
class Load:
    """One load.

    Attributes:
        rate: reports a second, whatever becomes of them.
        reports_per_message: reports in one payload.
    """

    rate: int
    reports_per_message: int = 1


@dataclass(frozen=True, slots=True)
class Sent:
    """What the publisher says of itself.

    Attributes:
        boot_id: which all its reports carry.
        messages: sent.
        reports: sent.
        confirmed: reports that the broker confirmed.
        cpu_seconds: spent.
    """

    boot_id: int
    messages: int
    reports: int
    confirmed: int
    cpu_seconds: float


async def publish(world: World, load: Load, seconds: int) -> Sent:
    """Publish for so long; return once the broker has confirmed all of it."""
    inventory = world.directory / "inventory.jsonl"
    write_inventory(inventory, world.inventory)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulators", "load"),
        *("--rate", str(load.rate // load.reports_per_message)),
        *("--inventory", str(inventory), "--devices", str(DEVICES), "--duration", f"{seconds}s"),
        *("--reports-per-message", str(load.reports_per_message)),
        env={
            "PATH": os.environ["PATH"],
            "MQTT_URL": world.broker.url("fleet"),
            "MQTT_PASSWORD_FILE": str(world.broker.password_file("fleet")),
        },
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    summary: dict[str, Any] = json.loads(said)
    if "failure" in summary:
        print(f"  publisher: {summary['failure']}")
    return Sent(
        summary["boot_id"],
        summary["sent_messages"],
        summary["sent_reports"],
        summary["confirmed_reports"],
        summary["cpu_seconds"],
    )
