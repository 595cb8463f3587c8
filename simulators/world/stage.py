"""The stage: everything that faults can act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal, Protocol

from simulators.milliseconds import instant, milliseconds
from simulators.scenarios.model import Happening
from simulators.world.clock import DeviceClock
from simulators.world.impact import Impacts
from simulators.world.noise import Noise
from simulators.world.schedule import Schedule
from simulators.world.unit import Unit
from simulators.world.world import World

Fall = Literal["restart", "crash", "half"]
Service = Literal["ingest", "database"]


class Pipeline(Protocol):
    """The way from devices to the watcher, as far as a run can break it."""

    def broker_falls(self, at: int, how: Fall) -> None:
        """Take the broker down, or one of its two nodes."""

    def broker_rises(self, at: int, how: Fall) -> None:
        """Bring it back."""

    def service_falls(self, at: int, service: Service) -> None:
        """Take one of our services down."""

    def service_rises(self, at: int, service: Service) -> None:
        """Bring it back."""

    def disturb(self, duplicates: float, delayed: float, up_to: int) -> None:
        """Deliver shares of the messages twice, or up to so many milliseconds late."""

    def calm(self) -> None:
        """Deliver them as they come."""

    def announce(self, at: int, maintenance: str, node: str, window: tuple[int, int]) -> None:
        """Tell the watcher of a window of maintenance."""

    def restart_watcher(self, at: int) -> None:
        """Kill the watcher and start it again."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that faults can act on.

    Attributes:
        start: of the run, in milliseconds.
        end: of the run.
        shift: how much later than the scenario says everything happens.
        seed: of all that faults draw.
        clocks: of all devices, by code.
    """

    start: int
    end: int
    shift: int
    seed: str
    schedule: Schedule
    world: World
    noise: Noise
    impacts: Impacts
    units: Mapping[str, Unit]
    clocks: Mapping[str, DeviceClock]
    pipeline: Pipeline

    def window(self, fault: Happening) -> tuple[int, int]:
        """Return when a fault begins and ends, in milliseconds, within the run."""
        start = instant(self.start - self.shift)
        begins, ends = milliseconds(fault.begins(start)), milliseconds(fault.ends(start))
        return min(begins + self.shift, self.end), min(ends + self.shift, self.end)

    def random(self, fault: Happening) -> Random:
        """Return the generator of what a fault draws."""
        return Random(f"{self.seed} fault {fault.name}")
