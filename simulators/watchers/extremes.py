"""The two extremes: a watcher that says nothing, and one that says everything."""

from typing import Final

from simulators.milliseconds import MINUTE
from simulators.watchers.memory import Memory
from simulators.watchers.reporter import Finding, Reporter
from simulators.world.topology import Topology

_EVERY: Final = MINUTE


class SilentWatcher:
    """Says nothing, whatever happens."""

    def take(self, at: int, device: str, interval: int) -> None:
        """Take the next line of an event log."""

    def remember(self) -> Memory:
        """Return nothing: it knows nothing."""
        return Memory()

    def recall(self, memory: Memory) -> None:
        """Go on as before."""


class ShoutingWatcher:
    """Calls an outage of each village, each minute.

    Args:
        topology: as published.
        reporter: gets its incidents.
    """

    def __init__(self, topology: Topology, reporter: Reporter) -> None:
        self._villages = sorted(topology.villages)
        self._reporter = reporter
        self._next: int | None = None

    def take(self, at: int, device: str, interval: int) -> None:  # noqa: ARG002 - it is deaf
        """Take the next line of an event log."""
        if self._next is None:
            self._next = at
            for village in self._villages:
                self._reporter.village(at, village, "dark")
        while self._next <= at:
            for village in self._villages:
                finding = Finding(f"{village}/{self._next}", "outage", [village], [village])
                self._reporter.open(self._next, finding, self._next)
            self._next += _EVERY

    def remember(self) -> Memory:
        """Return nothing: it has nothing to remember."""
        return Memory()

    def recall(self, memory: Memory) -> None:
        """Go on as before."""
