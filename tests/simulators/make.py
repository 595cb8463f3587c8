"""Builders of what the simulators' tests need."""

from datetime import UTC, datetime
from random import Random
from uuid import uuid4

from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.places import Commune, CommuneKind
from province.topics import Channel
from simulators.device import SimulatedDevice
from simulators.generate import generate_inventory
from simulators.generate.villages import PEOPLE_PER_VILLAGE
from simulators.measuring import Measurer, choose_signals
from simulators.milliseconds import milliseconds
from simulators.outgoing import Outgoing, ReportKey

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
"""Noon in Dak Lak."""


def make_inventory(villages: int = 10) -> Inventory:
    """Return an inventory of one commune, whose code no other test uses."""
    commune = Commune(
        code=f"t{uuid4().hex[:10]}",
        province="66",
        name="Thử",
        name_ascii="Thu",
        kind=CommuneKind.WARD,
        lat=13.0,
        lon=109.0,
        population=round(villages * PEOPLE_PER_VILLAGE),
        area_km2=20.0,
    )
    return generate_inventory(1, communes=[commune])


def make_device(kind: DeviceKind = DeviceKind.LINK_PROBE, code: str = "d1") -> SimulatedDevice:
    device = Device(code=code, kind=kind, name="D", commune="22015", ups=True, interval_seconds=30)
    topics = {channel: f"srepok/v1/66/22015/{code}/{channel}" for channel in Channel}
    measurer = Measurer(device, choose_signals(device, None), 1, Random(1))
    return SimulatedDevice(device, topics, measurer, 9, milliseconds(NOW))


def make_outgoing(seq: int = 1, channel: Channel = Channel.TELEMETRY) -> Outgoing:
    key = ReportKey("d1", "2026-11-23T05:00:00.000Z", 9, seq)
    head = f'"observed_at":"{key.observed_at}","boot_id":{key.boot_id},"seq":{seq}'
    return Outgoing(f"srepok/v1/66/22015/d1/{channel}", channel, key, f'{{{head},"values":{{}}}}')
