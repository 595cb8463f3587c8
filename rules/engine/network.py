"""The network as the engine sees it: what could fail, and which devices that would silence."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final

from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.topology import Node, NodeKind

PIPELINE: Final = "pipeline"

_YEAR_SECONDS: Final = 365.25 * 86_400
_FAULTS_PER_YEAR: Final[Mapping[str, float]] = {
    NodeKind.OPERATOR_CORE: 0.5,
    NodeKind.AGGREGATION: 2,
    NodeKind.OLT: 3,
    NodeKind.CARD: 3,
    NodeKind.SPLITTER: 3,
    NodeKind.SITE: 4,
    NodeKind.CELL: 3,
    NodeKind.POWER_SUBSTATION: 1,
    NodeKind.POWER_FEEDER: 12,
    "link": 4,
    "village": 6,
    "operator": 0.5,
}
"""What is expected of one of a kind; a factor of three either way moves no decision by a beat."""


_FEEDING: Final = frozenset({NodeKind.POWER_FEEDER, NodeKind.POWER_SUBSTATION})
_ON_BATTERIES: Final = frozenset({NodeKind.OLT, NodeKind.SITE})
"""Aggregation nodes and cores have generators."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something whose failure would silence devices.

    Attributes:
        name: unique among candidates.
        root: what incidents name as the cause; more than one if nothing tells them apart.
        kind: a node's kind, or link, village, operator.
        power: it feeds, and carries nothing.
        devices: those that it would silence.
        per_second: how often it is expected to fail.
    """

    name: str
    root: tuple[str, ...]
    kind: str
    power: bool
    devices: frozenset[str]
    per_second: float


class Network:
    """Candidates, and what hangs on them.

    Args:
        inventory: as published; some of its edges may be wrong.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.devices = {device.code: device for device in inventory.devices}
        self.villages = {village.code: village for village in inventory.villages}
        self.links = {link.code: link for link in inventory.links}
        self.links_of_village: Mapping[str, Sequence[str]] = _group(
            (link.village, link.code) for link in inventory.links
        )
        self.canaries = tuple(
            device.code for device in inventory.devices if device.kind is DeviceKind.CANARY
        )
        self._nodes = {node.code: node for node in inventory.nodes}
        self._above = _above(self._nodes)
        self.operator_of: dict[str, str] = {}
        for device in inventory.devices:
            operator = self._operator(device)
            if operator is not None:
                self.operator_of[device.code] = operator
        self._fed_nodes: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._behind_power: dict[tuple[str, ...], frozenset[str]] = {}
        self.devices_of_link: Mapping[str, Sequence[str]] = _group(
            (device.link, device.code) for device in inventory.devices if device.link
        )
        self.links_below = self._links_below()
        self.fed = self._fed(inventory.devices)
        self.candidates = self._candidates(inventory)
        self.of_device: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in self.candidates.values():
            for code in candidate.devices:
                self.of_device[code].append(candidate)

    def impact(self, candidate: Candidate) -> tuple[set[str], set[str]]:
        """Return the links that a candidate's failure takes, and the villages it impairs."""
        links: set[str] = set()
        villages: set[str] = set()
        for root in candidate.root:
            if root in self.villages:
                villages.add(root)
                links.update(self.links_of_village.get(root, ()))
            elif root in self.links:
                links.add(root)
            elif candidate.power:
                villages.update(self.fed.get(root, ()))
            else:
                links.update(self.links_below.get(root, ()))
        if candidate.kind == "operator":
            links = {
                code for code, link in self.links.items() if link.operator == candidate.name[9:]
            }
        return links, villages | self.villages_on(links)

    def villages_on(self, links: Iterable[str]) -> set[str]:
        """Return the villages that these links reach."""
        return {self.links[code].village for code in links}

    def fed_nodes(self, power: tuple[str, ...]) -> tuple[str, ...]:
        """Return the network nodes that stand on batteries when these nodes give no power."""
        known = self._fed_nodes.get(power)
        if known is None:
            known = self._fed_nodes[power] = self._find_fed_nodes(power)
        return known

    def _find_fed_nodes(self, power: tuple[str, ...]) -> tuple[str, ...]:
        scope = set(power)
        return tuple(
            node.code
            for node in self._nodes.values()
            if node.power_node is not None
            and node.kind in _ON_BATTERIES
            and scope & self._above[node.power_node]
        )

    def knows(self, code: str) -> bool:
        """Whether there is a node, link, village or device of this code."""
        known = (self._nodes, self.links, self.villages, self.devices)
        return any(code in objects for objects in known)

    def nodes_above(self, link: str) -> Sequence[str]:
        """Return the nodes without which a link does not stand, the nearest first."""
        above = self._above[self.links[link].node]
        return sorted(above, key=lambda node: (len(self.devices_below(node)), node))

    def devices_below(self, node: str) -> frozenset[str]:
        """Return the devices that a network node would silence."""
        return self._silenced_by_node.get(node, frozenset())

    def behind_power(self, power: tuple[str, ...]) -> frozenset[str]:
        """Return the devices that hang on network nodes fed by these nodes of the power grid."""
        known = self._behind_power.get(power)
        if known is None:
            below = [self.devices_below(node) for node in self.fed_nodes(power)]
            known = self._behind_power[power] = frozenset().union(*below)
        return known

    def within(self, root: Iterable[str], scope: str) -> bool:
        """Whether each of these objects is a node, link or village, or lies below it."""
        return all(self._is_within(code, scope) for code in root)

    def _is_within(self, code: str, scope: str) -> bool:
        if code == scope:
            return True
        if code in self.links:
            link = self.links[code]
            return link.village == scope or scope in self._above[link.node]
        if code in self.villages:
            links = self.links_of_village.get(code, ())
            return bool(links) and all(self._is_within(link, scope) for link in links)
        return code in self._above and scope in self._above[code]

    def _operator(self, device: Device) -> str | None:
        if device.link is not None:
            return self.links[device.link].operator
        return self._nodes[device.node].operator if device.node else None

    def _links_below(self) -> Mapping[str, Sequence[str]]:
        return _group(
            (node, link.code) for link in self.links.values() for node in self._above[link.node]
        )

    def _fed(self, devices: Iterable[Device]) -> Mapping[str, Sequence[str]]:
        """Return the villages that each node of the power grid feeds."""
        feeders: dict[str, list[str]] = defaultdict(list)
        for device in devices:
            if device.village and device.power_node:
                feeders[device.village].append(device.power_node)
        pairs = []
        for village, nodes in feeders.items():
            most = max(sorted(nodes), key=nodes.count)
            pairs += [(node, village) for node in self._above[most]]
        return _group(pairs)

    def _candidates(self, inventory: Inventory) -> dict[str, Candidate]:
        silenced: dict[tuple[str, str], set[str]] = defaultdict(set)
        for device in inventory.devices:
            for key in self._silencers(device):
                silenced[key].add(device.code)
        self._silenced_by_node = {
            code: frozenset(devices) for (_, code), devices in silenced.items()
        }
        by_devices: dict[tuple[bool, frozenset[str]], list[tuple[str, str]]] = defaultdict(list)
        for (kind, code), devices in silenced.items():
            by_devices[feeds(kind), frozenset(devices)].append((kind, code))
        candidates = {}
        for (power, members), keys in by_devices.items():
            made = self._candidate(keys, members, power=power)
            candidates[made.name] = made
        return candidates

    def _candidate(
        self, keys: Sequence[tuple[str, str]], members: frozenset[str], *, power: bool
    ) -> Candidate:
        kind, code = max(keys, key=lambda key: (_FAULTS_PER_YEAR[key[0]], key[1]))
        rate = sum(_FAULTS_PER_YEAR[kind] for kind, _ in keys)
        root = tuple(code for _, code in keys)
        if kind == "operator":
            root = tuple(
                node.code
                for node in self._nodes.values()
                if node.kind is NodeKind.OPERATOR_CORE and node.operator == code
            )
            code = f"operator {code}"
        return Candidate(code, root, kind, power, members, rate / _YEAR_SECONDS)

    def _silencers(self, device: Device) -> Iterable[tuple[str, str]]:
        if device.kind is DeviceKind.CANARY and device.node is None:
            return
        node = self.links[device.link].node if device.link else device.node
        if node is not None:
            for code in self._above[node]:
                yield str(self._nodes[code].kind), code
            operator = self.operator_of.get(device.code)
            if operator is not None:
                yield "operator", operator
        if device.link is not None:
            yield "link", device.link
        if device.village is not None:
            yield "village", device.village
        if device.power_node is not None:
            for code in self._above[device.power_node]:
                yield str(self._nodes[code].kind), code


def feeds(kind: str) -> bool:
    """Whether what is of this kind gives power, and carries nothing."""
    return kind in _FEEDING


def _above(nodes: Mapping[str, Node]) -> dict[str, frozenset[str]]:
    """Return, for each node, itself and those without which it does not stand."""
    above: dict[str, frozenset[str]] = {}
    order = TopologicalSorter({code: node.parents for code, node in nodes.items()})
    for code in order.static_order():
        parents = [above[parent] for parent in nodes[code].parents]
        shared = frozenset.intersection(*parents) if parents else frozenset()
        above[code] = shared | {code}
    return above


def _group(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
