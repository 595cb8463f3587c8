"""A live session: a device's life, lived with a real publisher for each of its boots."""

import asyncio
from asyncio import Task
from collections.abc import Callable, Coroutine
from typing import Any

from province.topics import Channel
from simulators.device import SimulatedDevice
from simulators.live.times import Times
from simulators.milliseconds import milliseconds
from simulators.presence import Presence
from simulators.publisher import Publisher
from simulators.world.clock import DeviceClock

MakePublisher = Callable[[Presence], Publisher]
"""Makes the publisher of one boot."""

Spawn = Callable[[Coroutine[Any, Any, None]], Task[None]]
"""Starts a task that the run looks after."""


class LiveSession:
    """One device's session; the broker finds out by itself what became of it.

    Args:
        device: what it says.
        clock: the device's own.
        times: how the scenario's time goes by in ours.
        make_publisher: makes the publisher of one boot.
        spawn: starts tasks.
    """

    def __init__(
        self,
        device: SimulatedDevice,
        clock: DeviceClock,
        times: Times,
        make_publisher: MakePublisher,
        spawn: Spawn,
    ) -> None:
        self._device = device
        self._clock = clock
        self._times = times
        self._make_publisher = make_publisher
        self._spawn = spawn
        self._path = True
        self._publisher: Publisher | None = None
        self._task: Task[None] | None = None
        self._goodbye: Task[None] | None = None

    @property
    def flowing(self) -> Publisher | None:
        """The publisher, if the device is on and the network carries what it says."""
        return self._publisher if self._path else None

    def start(self, at: int) -> None:
        """Boot at the beginning of the run."""
        self._device.boot(at)
        self.boot(at)

    def report(self, at: int) -> None:
        """Make a report; the publisher sends or keeps it."""
        if self._publisher is not None:
            true = self._times.ours(at)
            shown = self._clock.shows(true)
            text = self._device.report(true, shown)
            self._publisher.send(self._device.outgoing(Channel.TELEMETRY, text, shown))

    def event(self, kind: str, at: int) -> None:
        """Send an event, if that is possible at this moment."""
        if self._publisher is not None and self._publisher.connected and self._path:
            self._say(kind, at)

    def lose_path(self, at: int) -> None:  # noqa: ARG002 - a session's signature
        """Neither send nor receive, and leave the socket open."""
        self._path = False
        if self._publisher is not None:
            self._publisher.freeze()

    def regain_path(self, at: int) -> None:  # noqa: ARG002 - the same
        """Send and receive again, over whatever is left of the connection."""
        self._path = True
        if self._publisher is not None:
            self._publisher.thaw()

    def vanish(self, at: int) -> None:  # noqa: ARG002 - the same
        """Fall silent; the socket is closed only when the device boots again."""
        if self._publisher is not None:
            self._publisher.freeze()
            self._publisher.forget()
        self._publisher = None

    def crash(self, at: int) -> None:  # noqa: ARG002 - the same
        """Close the socket without a word."""
        self._end_boot()

    def leave(self, at: int) -> None:
        """Say goodbye and disconnect, if that gets through."""
        publisher, self._publisher = self._publisher, None
        if publisher is not None and publisher.connected and self._path:
            self._say_through(publisher, "shutdown", self._times.ours(at))
            # It takes its time: the next boot waits for it, and nobody cuts it short.
            self._goodbye, self._task = self._spawn(publisher.leave()), None
        else:
            self._end_boot()

    def boot(self, at: int) -> None:
        """Connect anew; the device has counted the boot."""
        self._end_boot()
        device = self._device
        # A boot that the scenario numbered by its own time is numbered by ours.
        device.boot_id = max(device.boot_id, self._times.ours(at) // 1000)
        device.booted_at = self._times.ours(at)
        presence = Presence(device.device.code, device.topics[Channel.STATUS], device.boot_id)
        self._publisher = self._make_publisher(presence)
        if not self._path:
            self._publisher.freeze()
        self._task = self._spawn(_live(self._publisher, self._goodbye))
        self._say("boot", at)

    def say_goodbye(self) -> None:
        """Say, at the end of a run, that the device shuts down."""
        now = milliseconds(self._times.clock.now())
        if self._publisher is not None and self._path:
            self._say_through(self._publisher, "shutdown", now)

    def drop(self) -> None:
        """Lose the connection; the publisher connects again by itself."""
        if self._publisher is not None:
            self._publisher.drop("connection cut by the scenario")

    def _say(self, kind: str, at: int) -> None:
        if self._publisher is not None:
            self._say_through(self._publisher, kind, self._times.ours(at))

    def _say_through(self, publisher: Publisher, kind: str, true: int) -> None:
        shown = self._clock.shows(true)
        text = self._device.event(kind, true, shown)
        publisher.send(self._device.outgoing(Channel.EVENT, text, shown))

    def _end_boot(self) -> None:
        if self._task is not None:
            self._task.cancel()
        self._publisher = self._task = None


async def _live(publisher: Publisher, goodbye: Task[None] | None) -> None:
    """Run a boot's publisher once the goodbye of the boot before it is through."""
    if goodbye is not None:
        await asyncio.wait({goodbye})
    await publisher.run()
