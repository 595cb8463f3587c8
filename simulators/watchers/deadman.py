"""A deadman: which devices have not been heard for three of their intervals."""

from collections.abc import Iterable, Iterator
from heapq import heapify, heappop, heappush, heapreplace
from typing import Final

from province.devices import Device
from simulators.milliseconds import SECOND

MISSED: Final = 3
"""Intervals of silence after which a device is taken for dead."""


class Deadman:
    """Waits for devices, from the first moment of its clock on; times are in milliseconds.

    Args:
        devices: those it waits for.
    """

    def __init__(self, devices: Iterable[Device]) -> None:
        self.silent: set[str] = set()
        """Devices taken for dead."""
        self.heard: dict[str, int] = {}
        """When each device was last heard."""
        self._patience = {
            device.code: round(MISSED * device.interval_seconds * SECOND) for device in devices
        }
        # One entry for each device, looked at when it comes up; a message does not touch it, for
        # there are a hundred times as many messages as devices.
        self._due: list[tuple[int, str]] = []

    def start(self, at: int) -> None:
        """Begin to wait for all devices that have not been heard before."""
        for device in self._patience:
            self.heard.setdefault(device, at)
        self._due = [
            (heard + self._patience[device], device)
            for device, heard in self.heard.items()
            if device in self._patience and device not in self.silent
        ]
        heapify(self._due)

    def expired(self, now: int) -> Iterator[tuple[int, str]]:
        """Yield devices whose time ran out, with the moment it did, in the order of time."""
        due = self._due
        while due and due[0][0] <= now:
            at, device = due[0]
            really = self.heard[device] + self._patience[device]
            if really > at:
                heapreplace(due, (really, device))
                continue
            heappop(due)
            self.silent.add(device)
            yield at, device

    def hear(self, at: int, device: str, interval: int = 0) -> bool:
        """Note a device's message; return whether it had been taken for dead.

        Args:
            at: when.
            device: whose.
            interval: how often it means to report, if that is news.
        """
        if device not in self._patience:
            return False
        self.heard[device] = at
        if interval:
            self._patience[device] = MISSED * interval
        if device not in self.silent:
            return False
        self.silent.remove(device)
        heappush(self._due, (at + self._patience[device], device))
        return True
