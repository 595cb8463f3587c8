"""Wrong edges: what an inventory gets wrong when people keep it.

Operators' records of who hangs on what are never all right. A wrong edge leads to a plausible
neighbour: a node of the same kind and operator, in the same commune where there is another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from province.devices import DeviceKind
from province.inventory import Inventory
from province.topology import Node, NodeKind, Technology
from simulators.generate.areas import distance_km

_WITH_DOUBTFUL_PARENT: Final = frozenset(
    {NodeKind.CARD, NodeKind.SPLITTER, NodeKind.SITE, NodeKind.OLT}
)

Edges = Mapping[str, str]
"""By the code of what hangs on a node: the code of that node."""


def edges_of(inventory: Inventory) -> Mapping[str, Edges]:
    """Return the edges that may be wrong, by what they are.

    `link`: from a link to its last node; `parent`: from a card, splitter, site or OLT to the
    node above; `node power` and `device power`: from what has mains to its feeder.
    """
    return {
        "link": {link.code: link.node for link in inventory.links},
        "parent": {
            node.code: node.parents[0]
            for node in inventory.nodes
            if node.kind in _WITH_DOUBTFUL_PARENT and len(node.parents) == 1
        },
        "node power": {
            node.code: node.power_node for node in inventory.nodes if node.power_node is not None
        },
        "device power": {
            device.code: device.power_node
            for device in inventory.devices
            if device.power_node is not None
        },
    }


def count_differing(one: Inventory, other: Inventory) -> tuple[int, int]:
    """Return how many edges lead elsewhere in the other inventory, and how many there are."""
    pairs = [
        (target, theirs[code])
        for ours, theirs in zip(edges_of(one).values(), edges_of(other).values(), strict=True)
        for code, target in ours.items()
    ]
    return sum(target != elsewhere for target, elsewhere in pairs), len(pairs)


def make_wrong_edges(inventory: Inventory, share: float, seed: int) -> Inventory:
    """Return an inventory with that share of wrong edges of each sort; the same one at 0.

    Raises:
        ValueError: the share is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"wrong edges: {share!r} is not a share from 0 to 1")
    if share == 0:
        return inventory
    neighbours = _Neighbours(inventory)
    wrong = {
        sort: _misdirect(edges, share, neighbours, Random(f"{seed} wrong {sort}"))
        for sort, edges in edges_of(inventory).items()
    }
    return _redirected(inventory, wrong)


class _Neighbours:
    """Finds the nodes that one could be mistaken for."""

    def __init__(self, inventory: Inventory) -> None:
        self._nodes = {node.code: node for node in inventory.nodes}
        self._communes = {commune.code: commune for commune in inventory.communes}
        # A 4G cell is not mistaken for a 5G one, so a cell is of a kind with its technology.
        self._technologies = {link.node: link.technology for link in inventory.links}
        self._alike: dict[object, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for node in inventory.nodes:
            self._alike[self._sort(node)][node.commune or ""].append(node.code)

    def of(self, code: str) -> Sequence[str]:
        """Return a node's like in its commune, or else in the nearest commune that has any."""
        node = self._nodes[code]
        alike = self._alike[self._sort(node)]
        here = node.commune or ""
        found = [other for other in alike[here] if other != code]
        elsewhere = [commune for commune, codes in alike.items() if codes and commune != here]
        if found or not elsewhere:
            return found
        return alike[min(elsewhere, key=lambda there: self._distance(here, there))]

    def _sort(self, node: Node) -> tuple[NodeKind, str | None, Technology | None]:
        return node.kind, node.operator, self._technologies.get(node.code)

    def _distance(self, here: str, there: str) -> float:
        return distance_km(self._communes[here], self._communes[there])


def _misdirect(
    edges: Edges, share: float, neighbours: _Neighbours, random: Random
) -> dict[str, str]:
    """Return that share of the edges with a wrong target each; fewer where there is no other."""
    left = round(share * len(edges))
    wrong: dict[str, str] = {}
    for code in random.sample(list(edges), len(edges)):
        if not left:
            break
        if candidates := neighbours.of(edges[code]):
            wrong[code] = random.choice(candidates)
            left -= 1
    return wrong


def _redirected(inventory: Inventory, wrong: Mapping[str, Edges]) -> Inventory:
    """Return the inventory with these targets in place of its own."""
    links = [
        link.model_copy(update={"node": wrong["link"].get(link.code, link.node)})
        for link in inventory.links
    ]
    last_nodes = {link.code: link.node for link in links}
    nodes = [
        node.model_copy(
            update={
                "parents": (wrong["parent"][node.code],)
                if node.code in wrong["parent"]
                else node.parents,
                "power_node": wrong["node power"].get(node.code, node.power_node),
            }
        )
        for node in inventory.nodes
    ]
    devices = [
        device.model_copy(
            update={
                # A probe is entered with its link, and so shares the link's error.
                "node": last_nodes.get(device.link or "", device.node)
                if device.kind is DeviceKind.LINK_PROBE
                else device.node,
                "power_node": wrong["device power"].get(device.code, device.power_node),
            }
        )
        for device in inventory.devices
    ]
    return replace(inventory, links=tuple(links), nodes=tuple(nodes), devices=tuple(devices))
