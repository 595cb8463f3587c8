"""Reach: which villages and devices hang on the parts of a province."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from province.topology import NodeKind
from simulators.world.topology import Topology

_SHORT_OF_POWER: Final = frozenset({NodeKind.OLT, NodeKind.SITE})
"""Their batteries end within hours; those of aggregation nodes and cores do not."""


class Reach:
    """What hangs on the parts of a topology.

    Args:
        topology: the true one.
    """

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._reporting: dict[str, list[str]] = defaultdict(list)
        self._fed: dict[str, list[str]] = defaultdict(list)
        for device in topology.devices.values():
            if device.node is not None and device.link is None:
                self._reporting[device.node].append(device.code)
            if device.power_node is not None:
                self._fed[device.power_node].append(device.code)

    def villages(self, *codes: str) -> frozenset[str]:
        """Return the villages that lose a link or their mains when all of these fail.

        The village of a device loses nothing, and is returned nevertheless.
        """
        topology = self._topology
        lost = self._lost(codes)
        found = {code for code in codes if code in topology.villages}
        found.update(topology.links[link].village for link in self._links(codes, lost))
        feeding = (node for node in lost if topology.nodes[node].kind.supplies_power)
        devices = {code for code in codes if code in topology.devices}
        for node in feeding:
            devices.update(self._fed.get(node, ()))
        villages = (topology.devices[code].village for code in devices)
        return frozenset(found.union(village for village in villages if village is not None))

    def devices(self, *codes: str) -> frozenset[str]:
        """Return the devices that may fall silent, sooner or later, when all of these fail."""
        topology = self._topology
        found = {code for code in codes if code in topology.devices}
        for code in codes:
            found.update(device.code for device in topology.devices_of_village.get(code, ()))
        lost = self._lost(codes)
        starved = [node.code for node in topology.fed_by(lost) if node.kind in _SHORT_OF_POWER]
        lost |= self._lost(starved)
        for node in lost:
            found.update(self._reporting.get(node, ()))
            found.update(self._fed.get(node, ()))
        for link in self._links(codes, lost):
            found.update(device.code for device in topology.devices_of_link.get(link, ()))
        return frozenset(found)

    def _lost(self, codes: Iterable[str]) -> frozenset[str]:
        """Return these nodes and those that stand on them alone, over however many others."""
        nodes = self._topology.nodes
        lost = {code for code in codes if code in nodes}
        waiting = sorted(lost)
        while waiting:
            for child in self._topology.children.get(waiting.pop(), ()):
                if child not in lost and lost.issuperset(nodes[child].parents):
                    lost.add(child)
                    waiting.append(child)
        return frozenset(lost)

    def _links(self, codes: Iterable[str], lost: Iterable[str]) -> Iterator[str]:
        """Yield those of these codes that are links, and the links of lost nodes."""
        yield from (code for code in codes if code in self._topology.links)
        for node in lost:
            for link in self._topology.links_of_node.get(node, ()):
                yield link.code
