"""The book of a watcher that counts silent devices: dark is where none is heard."""

from collections import Counter

from simulators.watchers.reporter import Reporter
from simulators.world.topology import Topology


class VillageBook:
    """Says how villages are, each time that changes.

    Args:
        topology: as published.
        reporter: gets it said.
    """

    def __init__(self, topology: Topology, reporter: Reporter) -> None:
        self._topology = topology
        self._reporter = reporter
        self._silent: Counter[str] = Counter()

    def lose(self, at: int, device: str) -> None:
        """Count a device as silent."""
        self._change(at, device, 1)

    def regain(self, at: int, device: str) -> None:
        """Count a device as heard again."""
        self._change(at, device, -1)

    def restore(self, device: str) -> None:
        """Count a device as silent that was when the watcher was last alive; say nothing."""
        village = self._topology.devices[device].village
        if village is not None:
            self._silent[village] += 1

    def _change(self, at: int, device: str, by: int) -> None:
        village = self._topology.devices[device].village
        if village is None:
            return
        before = self._state(village)
        self._silent[village] += by
        after = self._state(village)
        if after != before:
            self._reporter.village(at, village, after)

    def _state(self, village: str) -> str:
        silent = self._silent[village]
        if not silent:
            return "served"
        return "dark" if silent == len(self._topology.devices_of_village[village]) else "degraded"
