"""The naive watcher: a deadman for each device, and an outage for each that is silent."""

from simulators.watchers.deadman import Deadman
from simulators.watchers.memory import Memory
from simulators.watchers.reporter import Finding, Reporter
from simulators.watchers.village_book import VillageBook
from simulators.world.topology import Topology


class NaiveWatcher:
    """Knows of no dependencies: a device that is silent for 3T is an outage of its village.

    Args:
        topology: as published.
        reporter: gets its incidents.
    """

    def __init__(self, topology: Topology, reporter: Reporter) -> None:
        self._topology = topology
        self._reporter = reporter
        self._deadman = Deadman(topology.inventory.devices)
        self._book = VillageBook(topology, reporter)
        self._incidents: dict[str, str] = {}
        self._started = False

    def take(self, at: int, device: str, interval: int) -> None:
        """Take the next line of an event log."""
        if not self._started:
            self._started = True
            self._deadman.start(at)
        for fell_at, silent in self._deadman.expired(at):
            self._lose(fell_at, silent)
        if device and self._deadman.hear(at, device, interval):
            self._book.regain(at, device)
            self._reporter.clear(at, self._incidents.pop(device))

    def remember(self) -> Memory:
        """Return what must be kept over a restart."""
        return Memory(self._deadman.heard, self._incidents)

    def recall(self, memory: Memory) -> None:
        """Go on where a watcher that is dead had come."""
        self._deadman.heard.update(memory.heard)
        self._deadman.silent.update(memory.devices)
        self._incidents.update(memory.devices)
        for device in memory.devices:
            self._book.restore(device)

    def _lose(self, at: int, device: str) -> None:
        self._book.lose(at, device)
        name = self._incidents[device] = f"{device}/{at}"
        facts = self._topology.devices[device]
        finding = Finding(
            name,
            "outage",
            [device],
            [facts.village] if facts.village else [],
            [facts.link] if facts.link else [],
        )
        self._reporter.open(at, finding, self._deadman.heard[device])
