"""A fleet that reports each second or so, and of which anyone can be made to fall silent."""

import asyncio
import contextlib
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self
from uuid import uuid4

from province.devices import Device
from province.inventory import Inventory
from province.topics import Channel
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerError
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.waiting import eventually


class Fleet:
    """Every device of an inventory, over one connection that comes back by itself.

    Attributes:
        silent: devices that publish nothing.
        published: how many reports the broker confirmed.
    """

    def __init__(
        self, inventory: Inventory, address: BrokerAddress, interval_seconds: float = 1.0
    ) -> None:
        self._inventory = inventory
        self._address = address
        self._interval = interval_seconds
        self._seq = 0
        self.silent: set[str] = set()
        self.published = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    def of_village(self, village: str) -> list[str]:
        """Return the devices that watch a village's links or stand in it."""
        links = {link.code for link in self._inventory.links if link.village == village}
        return [
            device.code
            for device in self._inventory.devices
            if device.village == village or device.link in links
        ]

    def hush(self, devices: Iterable[str]) -> None:
        """Have these devices fall silent."""
        self.silent |= set(devices)

    def wake(self) -> None:
        """Have all of them report again."""
        self.silent.clear()

    async def settle(self, intervals: int = 5) -> None:
        """Wait until everybody has reported so many times more: then silence is judged."""
        wanted = self.published + intervals * (len(self._inventory.devices) - len(self.silent))
        await eventually(lambda: self.published >= wanted)

    async def _run(self) -> None:
        while True:
            options = SessionOptions(client_id=f"fleet-{uuid4().hex}")
            connection = Connection(
                1, self._address, options, Inbox(), SystemClock(), clean_start=True
            )
            try:
                await connection.open()
                await self._publish(connection)
            except BrokerError:
                await asyncio.sleep(0.1)
            finally:
                connection.abort("fleet moves on")

    async def _publish(self, connection: Connection) -> None:
        devices = self._inventory.devices
        pause = self._interval / len(devices)
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            self._seq += 1
            for device in devices:
                due += pause
                await asyncio.sleep(max(0.0, due - loop.time()))
                if device.code not in self.silent:
                    topic = str(self._inventory.topic(device, Channel.TELEMETRY))
                    await connection.publish(topic, json.dumps(self._report(device)).encode())
                    self.published += 1

    def _report(self, device: Device) -> dict[str, Any]:
        values: dict[str, Any] = {"air_temperature_c": 25 + self._seq % 2}
        if device.kind.watches_link:
            values = {"power": "mains", "probes_sent": 60, "probes_ok": 60, "rtt_p50_ms": 5.5}
        return {
            "observed_at": datetime.now(UTC).isoformat(),
            "boot_id": 1,
            "seq": self._seq,
            "interval_s": self._interval,
            "values": values,
        }


def hurried(inventory: Inventory, interval_seconds: float = 1.0) -> Inventory:
    """Return the inventory with everybody reporting so often."""
    devices = tuple(
        device.model_copy(update={"interval_seconds": interval_seconds})
        for device in inventory.devices
    )
    return replace(inventory, devices=devices)
