"""Dependencies as somebody drew them by hand: what stands above each device, and how much of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from province.devices import Device
from simulators.world.topology import Topology

NEARLY_ALL: Final = 0.9
"""Share of the devices below a node that must be silent for it to count as down."""
_LEAST: Final = 2
"""Devices below a node without which it says no more than its device."""


class Dependencies:
    """Counts the silent devices below each node.

    A device hangs on the node of its link, or its own; on all that are upstream of that over any
    parent; and on the feeder and substation that feed it.

    Args:
        topology: as published.
    """

    def __init__(self, topology: Topology) -> None:
        self.below: Mapping[str, Sequence[Device]]
        """The devices below each node."""
        self._above: dict[str, Sequence[str]] = {}
        self._silent: Counter[str] = Counter()
        below: dict[str, list[Device]] = {}
        for device in topology.inventory.devices:
            above = self._above[device.code] = _above(topology, device)
            for node in above:
                below.setdefault(node, []).append(device)
        self.below = below

    def lose(self, device: str) -> None:
        """Count a device as silent."""
        self._silent.update(self._above[device])

    def regain(self, device: str) -> None:
        """Count a device as heard again."""
        self._silent.subtract(self._above[device])

    def is_down(self, node: str) -> bool:
        """Whether nearly all devices below a node are silent."""
        devices = len(self.below[node])
        return devices >= _LEAST and self._silent[node] >= NEARLY_ALL * devices

    def highest_down(self, device: str) -> str | None:
        """Return the node above a silent device that is down and has the most below it."""
        down = [node for node in self._above[device] if self.is_down(node)]
        return max(down, key=lambda node: len(self.below[node]), default=None)


def _above(topology: Topology, device: Device) -> Sequence[str]:
    node = topology.links[device.link].node if device.link else device.node
    return _upwards(topology, [code for code in (node, device.power_node) if code is not None])


def _upwards(topology: Topology, nodes: Iterable[str]) -> Sequence[str]:
    found = list(nodes)
    for node in found:
        found += [parent for parent in topology.nodes[node].parents if parent not in found]
    return found
