"""The static watcher: a deadman for each device, and dependencies that somebody drew.

As common monitoring tools do it: devices are judged on a timer, and one whose parent is down stays
silent about it. What fell before its parent did has been told already, and that is its weakness.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from province.devices import Device
from simulators.milliseconds import SECOND
from simulators.watchers.deadman import Deadman
from simulators.watchers.dependencies import Dependencies
from simulators.watchers.memory import Memory
from simulators.watchers.reporter import Finding, Reporter
from simulators.watchers.village_book import VillageBook
from simulators.world.topology import Topology

TIMER: Final = 30 * SECOND
"""Between two looks at silent devices, in milliseconds."""


class StaticWatcher:
    """Opens an incident for the highest node below which nearly all is silent, or for a device.

    Args:
        topology: as published.
        reporter: gets its incidents.
    """

    def __init__(self, topology: Topology, reporter: Reporter) -> None:
        self._topology = topology
        self._reporter = reporter
        self._deadman = Deadman(topology.inventory.devices)
        self._book = VillageBook(topology, reporter)
        self._dependencies = Dependencies(topology)
        self._devices: dict[str, str] = {}
        self._nodes: dict[str, str] = {}
        self._withheld: dict[str, str] = {}
        self._released: Sequence[str] = ()
        self._next: int | None = None

    def take(self, at: int, device: str, interval: int) -> None:
        """Take the next line of an event log."""
        if self._next is None:
            self._next = at + TIMER
            self._deadman.start(at)
        while self._next <= at:
            self._look(self._next)
            self._next += TIMER
        if device and self._deadman.hear(at, device, interval):
            self._regain(at, device)

    def remember(self) -> Memory:
        """Return what must be kept over a restart."""
        return Memory(self._deadman.heard, self._devices, self._nodes, self._withheld)

    def recall(self, memory: Memory) -> None:
        """Go on where a watcher that is dead had come."""
        silent = [*memory.withheld, *memory.devices]
        self._deadman.heard.update(memory.heard)
        self._deadman.silent.update(silent)
        self._devices.update(memory.devices)
        self._nodes.update(memory.nodes)
        self._withheld.update(memory.withheld)
        for device in silent:
            self._dependencies.lose(device)
            self._book.restore(device)

    def _look(self, at: int) -> None:
        fallen = [device for _, device in self._deadman.expired(at)]
        for device in fallen:
            self._dependencies.lose(device)
            self._book.lose(at, device)
        # What a parent had stood for is looked at anew at the next turn of the timer.
        again = [device for device in self._released if device in self._deadman.silent]
        self._released = self._release(at)
        self._judge(at, [*fallen, *again])

    def _release(self, at: int) -> Sequence[str]:
        """Clear what is down no more; return the devices for which it had stood."""
        up = [node for node in self._nodes if not self._dependencies.is_down(node)]
        for node in up:
            self._reporter.clear(at, self._nodes.pop(node))
        released = [device for device, node in self._withheld.items() if node in up]
        for device in released:
            del self._withheld[device]
        return released

    def _judge(self, at: int, devices: Iterable[str]) -> None:
        for device in devices:
            node = self._dependencies.highest_down(device)
            if node is None:
                below = [self._topology.devices[device]]
                self._devices[device] = self._open(at, device, below)
                continue
            self._withheld[device] = node
            if node not in self._nodes:
                self._nodes[node] = self._open(at, node, self._dependencies.below[node])

    def _regain(self, at: int, device: str) -> None:
        self._dependencies.regain(device)
        self._book.regain(at, device)
        self._withheld.pop(device, None)
        name = self._devices.pop(device, None)
        if name is not None:
            self._reporter.clear(at, name)

    def _open(self, at: int, code: str, devices: Sequence[Device]) -> str:
        """Open an incident of an object with these devices; return its name."""
        finding = Finding(
            f"{code}/{at}",
            "outage",
            [code],
            {device.village for device in devices if device.village},
            {device.link for device in devices if device.link},
        )
        onset = min(self._deadman.heard[device.code] for device in devices)
        self._reporter.open(at, finding, onset)
        return finding.name
