"""A simulated device: what it measures and says. It neither sends nor waits."""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Any, Final

from province.devices import Device, DeviceKind
from province.instants import format_instant
from province.inventory import Inventory
from province.topics import Channel
from province.topology import Technology
from simulators.distributions import Wander, local_hour
from simulators.outgoing import Outgoing
from simulators.signals import BASE_STATION, LINKS, SENSORS, Signal

_PROBES: Final = 20
"""Probes sent for each report."""


class SimulatedDevice:
    """A device of an inventory, from one boot to the next.

    Args:
        device: the device.
        topics: its topic by channel.
        signals: what it measures.
        boot_id: of this boot; greater than that of the boot before.
        booted_at: when this boot began.
        random: its own generator, so that other devices do not shift its values.
    """

    def __init__(
        self,
        device: Device,
        topics: Mapping[Channel, str],
        signals: tuple[Signal, ...],
        boot_id: int,
        booted_at: datetime,
        random: Random,
    ) -> None:
        self.device = device
        self.topics = topics
        self.boot_id = boot_id
        self.booted_at = booted_at
        self._signals = signals
        self._noise = tuple(Wander(random) for _ in signals)
        self._random = random
        self._seq = 0

    def report(self, now: datetime, interval_seconds: float) -> Outgoing:
        """Return the report of this moment."""
        body = self._numbered(now) | {
            "uptime_s": round((now - self.booted_at).total_seconds(), 3),
            "interval_s": interval_seconds,
            "values": self._values(now),
        }
        return self._outgoing(Channel.TELEMETRY, body)

    def event(self, kind: str, now: datetime) -> Outgoing:
        """Return an event: boot, shutdown, dying_gasp or loss_of_signal."""
        body = self._numbered(now) | {"event": kind}
        return self._outgoing(Channel.EVENT, body)

    def _outgoing(self, channel: Channel, body: dict[str, Any]) -> Outgoing:
        return Outgoing(self.device.code, self.topics[channel], channel, body)

    def _numbered(self, now: datetime) -> dict[str, Any]:
        # Reports and events count in one sequence.
        self._seq += 1
        return {"observed_at": format_instant(now), "boot_id": self.boot_id, "seq": self._seq}

    def _values(self, now: datetime) -> dict[str, Any]:
        hour = local_hour(now)
        values: dict[str, Any] = {
            signal.name: _measure(signal, hour, noise)
            for signal, noise in zip(self._signals, self._noise, strict=True)
        }
        if self.device.kind.watches_link:
            lost = sum(self._random.random() * 100 < values["loss_percent"] for _ in range(_PROBES))
            values |= {"power": "mains", "probes_sent": _PROBES, "probes_ok": _PROBES - lost}
            if self.device.ups:
                values["battery_percent"] = 100
        return values


def _measure(signal: Signal, hour: float, noise: Wander) -> float:
    value = signal.curve.at(hour) + signal.spread * noise.step()
    return round(min(max(value, signal.least), signal.most), signal.digits)


def choose_signals(device: Device, technology: Technology | None) -> tuple[Signal, ...]:
    """Return what a device measures.

    A sensor's variety is the last part of its code, as the generator writes it; a sensor with
    another code measures weather.

    Args:
        device: the device.
        technology: of its link, if it has one.
    """
    if device.kind is DeviceKind.SENSOR:
        return SENSORS.get(device.code.rpartition("-")[2], SENSORS["weather"])
    if device.kind is DeviceKind.BASE_STATION:
        return BASE_STATION
    return LINKS.get(technology or Technology.FTTH, LINKS[Technology.FTTH])


def make_devices(
    inventory: Inventory, devices: tuple[Device, ...], seed: int, booted_at: datetime, boot_id: int
) -> list[SimulatedDevice]:
    """Return simulated devices for devices of an inventory, all booted at one moment."""
    technologies = {link.code: link.technology for link in inventory.links}
    return [
        SimulatedDevice(
            device,
            {channel: str(inventory.topic(device, channel)) for channel in Channel},
            choose_signals(device, technologies.get(device.link or "")),
            boot_id,
            booted_at,
            Random(f"{seed} {device.code}"),
        )
        for device in devices
    ]
