"""Crafted history: a few devices that report what a test wants of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from province.devices import Device
from province.inventory import Inventory
from province.topics import Channel

BEGAN = datetime(2026, 11, 22, 1, tzinfo=UTC)
INTERVAL = timedelta(seconds=30)

ValuesAt = Callable[[float], Mapping[str, object]]
"""Gives a device's values so many seconds after `BEGAN`."""


def lines_of(
    inventory: Inventory, values_of: Mapping[Device, ValuesAt], lasts: timedelta
) -> Iterator[bytes]:
    """Yield the lines of an event log in which devices report each interval, one after another."""
    for number in range(int(lasts / INTERVAL)):
        for place, (device, values_at) in enumerate(values_of.items()):
            at = BEGAN + number * INTERVAL + place * INTERVAL / len(values_of)
            payload = {
                "observed_at": _text(at),
                "boot_id": 1,
                "seq": number,
                "interval_s": INTERVAL.total_seconds(),
                "values": values_at((at - BEGAN).total_seconds()),
            }
            topic = str(inventory.topic(device, Channel.TELEMETRY))
            line = {"received_at": _text(at), "kind": "message", "topic": topic}
            yield json.dumps(line | {"qos": 1, "retain": False, "payload": payload}).encode()


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
