"""A simulated device: what it says, from one boot to the next. It neither sends nor waits."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from random import Random
from typing import Final

from province.devices import Device
from province.inventory import Inventory
from province.topics import Channel
from simulators.measuring import Measurer, choose_signals
from simulators.milliseconds import SECOND, milliseconds, stamp
from simulators.outgoing import Outgoing, ReportKey

EVENTS: Final = ("boot", "shutdown", "dying_gasp", "loss_of_signal")


class SimulatedDevice:
    """A device of an inventory.

    Args:
        device: the device.
        topics: its topic by channel.
        measurer: measures its values.
        boot_id: of its present boot; each boot has a greater one than the boot before.
        booted_at: when that boot began, in milliseconds.
        seq: the number of its last report or event in that boot.

    Attributes:
        interval_seconds: what it declares; the inventory's, unless a run sets another.
    """

    __slots__ = (
        "_values",
        "boot_id",
        "booted_at",
        "device",
        "interval_seconds",
        "measurer",
        "seq",
        "topics",
    )

    def __init__(
        self,
        device: Device,
        topics: Mapping[Channel, str],
        measurer: Measurer,
        boot_id: int,
        booted_at: int,
        seq: int = 0,
    ) -> None:
        self.device = device
        self.topics = topics
        self.measurer = measurer
        self.boot_id = boot_id
        self.booted_at = booted_at
        self.seq = seq
        self.interval_seconds = device.interval_seconds
        self._values = measurer.values

    def boot(self, at: int) -> None:
        """Begin another boot; reports and events are numbered from 1 again."""
        self.boot_id = max(self.boot_id + 1, at // SECOND)
        self.booted_at = at
        self.seq = 0

    def report(self, at: int, claimed_at: int | None = None) -> str:
        """Return the JSON of the report of this moment.

        Args:
            at: the true time, in milliseconds.
            claimed_at: what its clock shows; the true time by default.
        """
        # Reports and events count in one sequence.
        self.seq = seq = self.seq + 1
        observed_at = stamp(at if claimed_at is None else claimed_at)
        uptime = (at - self.booted_at) / SECOND
        return (
            f'{{"observed_at":"{observed_at}","boot_id":{self.boot_id},"seq":{seq},'
            f'"uptime_s":{uptime:.3f},"interval_s":{self.interval_seconds},'
            f'"values":{self._values(at)}}}'
        )

    def event(self, kind: str, at: int, claimed_at: int | None = None) -> str:
        """Return the JSON of an event: boot, shutdown, dying_gasp or loss_of_signal."""
        self.seq = seq = self.seq + 1
        observed_at = stamp(at if claimed_at is None else claimed_at)
        return (
            f'{{"observed_at":"{observed_at}","boot_id":{self.boot_id},"seq":{seq},'
            f'"event":"{kind}"}}'
        )

    def outgoing(self, channel: Channel, text: str, claimed_at: int) -> Outgoing:
        """Return what `report` or `event` just gave as something to send."""
        key = ReportKey(self.device.code, stamp(claimed_at), self.boot_id, self.seq)
        return Outgoing(self.topics[channel], channel, key, text)


def make_devices(
    inventory: Inventory, devices: Iterable[Device], seed: int, booted_at: datetime, boot_id: int
) -> list[SimulatedDevice]:
    """Return simulated devices for devices of an inventory, all booted at one moment."""
    technologies = {link.code: link.technology for link in inventory.links}
    return [
        SimulatedDevice(
            device,
            {channel: str(inventory.topic(device, channel)) for channel in Channel},
            Measurer(
                device,
                choose_signals(device, technologies.get(device.link or "")),
                seed,
                Random(f"{seed} {device.code}"),
            ),
            boot_id,
            milliseconds(booted_at),
        )
        for device in devices
    ]
