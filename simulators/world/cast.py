"""The cast: a unit with its device, clock and session for each device of an inventory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Final

from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.topics import Channel
from simulators.device import SimulatedDevice
from simulators.measuring import Measurer, choose_signals
from simulators.milliseconds import DAY, SECOND, milliseconds
from simulators.scenarios.model import Conditions
from simulators.world.clock import DeviceClock
from simulators.world.schedule import Schedule
from simulators.world.session import Session
from simulators.world.unit import Unit
from simulators.world.world import Batteries

_LONGEST_UPTIME: Final = 30 * DAY
_INTERVALS: Final[Mapping[DeviceKind, float]] = {
    DeviceKind.LINK_PROBE: 1,
    DeviceKind.BASE_STATION: 1,
    DeviceKind.SENSOR: 2,
    DeviceKind.CANARY: 1 / 3,
}
"""Of the scenario's interval."""

MakeSession = Callable[[SimulatedDevice, DeviceClock, Random], Session]
"""Makes a device's session; the generator is its own."""


@dataclass(slots=True)
class Cast:
    """All devices, by code.

    Attributes:
        units: their lives.
        clocks: their clocks.
    """

    units: dict[str, Unit] = field(default_factory=dict)
    clocks: dict[str, DeviceClock] = field(default_factory=dict)


def make_cast(
    inventory: Inventory,
    conditions: Conditions,
    batteries: Batteries,
    schedule: Schedule,
    seed: str,
    make_session: MakeSession,
    own: frozenset[str] | None = None,
) -> Cast:
    """Return the cast: each device has long been running when the schedule starts.

    Args:
        inventory: the true one.
        conditions: of the scenario.
        batteries: how long they last.
        schedule: where units plan what they do.
        seed: of all that they draw.
        make_session: makes a device's session.
        own: devices to take, by code; all of them by default.
    """
    technologies = {link.code: link.technology for link in inventory.links}
    cast = Cast()
    for device in inventory.devices:
        if own is not None and device.code not in own:
            continue
        random = Random(f"{seed} {device.code}")
        interval = interval_of(device, conditions)
        signals = choose_signals(device, technologies.get(device.link or ""))
        measurer = Measurer(device, signals, seed_of_noise(seed), random)
        topics = {channel: str(inventory.topic(device, channel)) for channel in Channel}
        uptime = round(random.random() * _LONGEST_UPTIME)
        booted_at = schedule.now - uptime
        simulated = SimulatedDevice(
            device, topics, measurer, booted_at // SECOND, booted_at, uptime // interval
        )
        simulated.interval_seconds = interval / SECOND
        clock = DeviceClock(schedule.now, random)
        session = make_session(simulated, clock, random)
        battery = batteries.of_device(device)
        cast.clocks[device.code] = clock
        cast.units[device.code] = Unit(simulated, session, interval, battery, schedule, random)
    return cast


def with_intervals(inventory: Inventory, conditions: Conditions) -> Inventory:
    """Return the inventory with the intervals at which its devices report in a scenario."""
    devices = (
        device.model_copy(update={"interval_seconds": interval_of(device, conditions) / SECOND})
        for device in inventory.devices
    )
    return replace(inventory, devices=tuple(devices))


def interval_of(device: Device, conditions: Conditions) -> int:
    """Return the interval between a device's reports, in milliseconds."""
    return round(milliseconds(conditions.interval) * _INTERVALS[device.kind])


def seed_of_noise(seed: str) -> int:
    """Return the number from which all devices' noise is made."""
    return Random(f"{seed} walk").randrange(2**32)
