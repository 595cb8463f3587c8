"""A member of the fleet: a simulated device and its session."""

import asyncio
from datetime import timedelta
from random import Random

from runtime.clock import Clock
from simulators.device import SimulatedDevice
from simulators.distributions import jittered
from simulators.publisher import Publisher


class Member:
    """Has its device report at its own phase, and its publisher send what it says.

    Args:
        device: what is simulated.
        publisher: its session.
        interval: between its reports; its own, if None.
        clock: tells when they are due.
        random: its own generator, for phase and jitter.
    """

    def __init__(
        self,
        device: SimulatedDevice,
        publisher: Publisher,
        interval: timedelta | None,
        clock: Clock,
        random: Random,
    ) -> None:
        self.publisher = publisher
        self._device = device
        self._interval = interval or timedelta(seconds=device.device.interval_seconds)
        self._clock = clock
        self._random = random

    async def report(self) -> None:
        """Say that it booted, then report until cancelled.

        The phase is random: a fleet that reports on the minute hides what happens in
        between, and hits the broker all at once.
        """
        self.publisher.send(self._device.event("boot", self._clock.now()))
        start = self._clock.now() + self._random.random() * self._interval
        turn = 0
        while True:
            due = jittered(start, turn, self._interval, self._random)
            await asyncio.sleep(max(0.0, (due - self._clock.now()).total_seconds()))
            self.publisher.send(
                self._device.report(self._clock.now(), self._interval.total_seconds())
            )
            turn += 1

    def say_goodbye(self) -> None:
        """Say that it shuts down."""
        self.publisher.send(self._device.event("shutdown", self._clock.now()))
