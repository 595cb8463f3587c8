"""How the parts of an inventory hang together, and what stands when some of them fail."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final, TypeVar

from province.devices import Device
from province.inventory import Inventory
from province.topology import Node, NodeKind

NONE: Final[frozenset[str]] = frozenset()

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Failed:
    """What has failed by itself, by code.

    Attributes:
        nodes: nodes that carry nothing, whatever their parents do.
        links: links that carry nothing.
        villages: villages that no link reaches.
        mains: nodes of the power grid that give no power, and so those below them.
        batteries: nodes whose batteries are empty: without mains they fall.
    """

    nodes: AbstractSet[str] = NONE
    links: AbstractSet[str] = NONE
    villages: AbstractSet[str] = NONE
    mains: AbstractSet[str] = NONE
    batteries: AbstractSet[str] = NONE


@dataclass(frozen=True, slots=True)
class Standing:
    """What works, by code.

    Attributes:
        nodes: network nodes that carry traffic.
        links: links over which their village reaches the world.
        mains: nodes of the power grid that give power.
    """

    nodes: frozenset[str]
    links: frozenset[str]
    mains: frozenset[str]

    def fed(self, power_node: str | None) -> bool:
        """Whether what hangs on this node of the power grid has mains; None is never without."""
        return power_node is None or power_node in self.mains


class Topology:
    """The parts of an inventory, found by what they belong to.

    Args:
        inventory: a valid one; with wrong edges it gives a wrong topology.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.nodes = {node.code: node for node in inventory.nodes}
        self.links = {link.code: link for link in inventory.links}
        self.villages = {village.code: village for village in inventory.villages}
        self.devices = {device.code: device for device in inventory.devices}
        self.links_of_village = _grouped(inventory.links, lambda link: link.village)
        self.links_of_node = _grouped(inventory.links, lambda link: link.node)
        self.devices_of_link = _grouped(inventory.devices, lambda device: device.link)
        self.devices_of_village = _grouped(inventory.devices, lambda device: device.village)
        self.nodes_with_devices = frozenset(
            device.node for device in inventory.devices if device.node and device.link is None
        )
        self.children = _children(inventory.nodes)
        self._order = _upstream_first(self.nodes)
        self._fed: dict[str, list[int]] = defaultdict(list)
        for place, node in enumerate(self._order):
            if node.power_node is not None and not node.kind.supplies_power:
                self._fed[node.power_node].append(place)

    def standing(self, failed: Failed) -> Standing:
        """Return what works while these have failed."""
        mains: set[str] = set()
        standing: set[str] = set()
        for node in self._order:
            if node.kind.supplies_power:
                if node.code not in failed.mains and (
                    not node.parents or any(parent in mains for parent in node.parents)
                ):
                    mains.add(node.code)
            elif self._carries(node, failed, mains, standing):
                standing.add(node.code)
        links = {
            link.code
            for link in self.links.values()
            if link.node in standing
            and link.code not in failed.links
            and link.village not in failed.villages
        }
        return Standing(frozenset(standing), frozenset(links), frozenset(mains))

    def reaches(self, device: Device, standing: Standing, failed: Failed = Failed()) -> bool:
        """Whether the network carries a device's messages; power is another matter.

        A device with a link uses that; one without uses its node; one with neither has a way of
        its own, which lasts while its village is reached.
        """
        if device.link is not None:
            return device.link in standing.links
        if device.node is not None:
            return device.node in standing.nodes
        return device.village not in failed.villages

    def below(self, code: str) -> frozenset[str]:
        """Return a node and all nodes that have it upstream, over any of their parents."""
        found = {code}
        waiting = [code]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return frozenset(found)

    def fed_by(self, power_nodes: Iterable[str]) -> Iterator[Node]:
        """Yield the network nodes whose mains come from these nodes, upstream first."""
        places = (place for code in set(power_nodes) for place in self._fed.get(code, ()))
        for place in sorted(places):
            yield self._order[place]

    @staticmethod
    def _carries(
        node: Node, failed: Failed, mains: AbstractSet[str], standing: AbstractSet[str]
    ) -> bool:
        if node.code in failed.nodes:
            return False
        if node.power_node is not None and node.power_node not in mains:
            has_power = has_battery(node) and node.code not in failed.batteries
            if not has_power:
                return False
        return not node.parents or any(parent in standing for parent in node.parents)


def has_battery(node: Node) -> bool:
    """Whether a node of this kind stands on batteries when its mains fail."""
    return node.kind in {
        NodeKind.SITE,
        NodeKind.OLT,
        NodeKind.AGGREGATION,
        NodeKind.OPERATOR_CORE,
    }


def _grouped(
    items: Iterable[Item], key: Callable[[Item], str | None]
) -> Mapping[str, Sequence[Item]]:
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        owner = key(item)
        if owner is not None:
            groups[owner].append(item)
    return dict(groups)


def _children(nodes: Iterable[Node]) -> Mapping[str, Sequence[str]]:
    children: dict[str, list[str]] = defaultdict(list)
    for node in nodes:
        for parent in node.parents:
            children[parent].append(node.code)
    return dict(children)


def _upstream_first(nodes: Mapping[str, Node]) -> Sequence[Node]:
    """Order nodes so that each comes after its parents and after what feeds it."""
    needs = {
        node.code: (*node.parents, *((node.power_node,) if node.power_node else ()))
        for node in nodes.values()
    }
    return [nodes[code] for code in TopologicalSorter(needs).static_order()]
