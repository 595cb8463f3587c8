"""The modelled pipeline: what a run can break between the devices and the watcher."""

from collections.abc import Callable, Sequence
from typing import BinaryIO

from simulators.milliseconds import stamp
from simulators.offline.broker import ModelledBroker
from simulators.offline.log import Delivery, EventLog
from simulators.world.stage import Fall, Service


class ModelledPipeline:
    """A broker that is modelled and a feed that is a file.

    Args:
        broker: with the sessions of all devices.
        log: what the watcher is given.
        second: opens what the watcher reads after its restart.
    """

    def __init__(
        self, broker: ModelledBroker, log: EventLog, second: Callable[[], Sequence[BinaryIO]]
    ) -> None:
        self._broker = broker
        self._log = log
        self._second = second

    def broker_falls(self, at: int, how: Fall) -> None:
        """Take the broker down, or one of its two nodes."""
        self._broker.fall(at, how)

    def broker_rises(self, at: int, how: Fall) -> None:
        """Bring it back."""
        self._broker.rise(at, how)

    def service_falls(self, at: int, service: Service) -> None:
        """Take one of our services down; ingest feeds the watcher."""
        self._log.say(at, "service", service=service, state="down")
        if service == "ingest":
            self._log.hold()

    def service_rises(self, at: int, service: Service) -> None:
        """Bring it back; what was held up is delivered."""
        self._log.say(at, "service", service=service, state="up")
        if service == "ingest":
            self._log.release(at)

    def disturb(self, duplicates: float, delayed: float, up_to: int) -> None:
        """Deliver shares of the messages twice, or up to so many milliseconds late."""
        self._log.disturb(Delivery(duplicates, delayed, up_to))

    def calm(self) -> None:
        """Deliver them as they come."""
        self._log.disturb(None)

    def announce(self, at: int, maintenance: str, node: str, window: tuple[int, int]) -> None:
        """Tell the watcher of a window of maintenance."""
        starts_at, ends_at = map(stamp, window)
        self._log.say(
            at,
            "maintenance",
            maintenance=maintenance,
            node=node,
            starts_at=starts_at,
            ends_at=ends_at,
        )

    def restart_watcher(self, at: int) -> None:
        """Go on in other files."""
        if outputs := self._second():
            self._log.switch(at, outputs)
