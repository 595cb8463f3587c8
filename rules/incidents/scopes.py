"""Scopes: which nodes, links and villages the engine is told of for a window on something."""

from collections.abc import Iterable

from rules.engine.network import Network
from rules.incidents.geography import Geography


class Scopes:
    """Expands what a window is on into objects that the engine knows.

    Args:
        geography: says where things are and whose.
        network: says what depends on what.
    """

    def __init__(self, geography: Geography, network: Network) -> None:
        self._geography = geography
        self._network = network

    def expand(self, kind: str, code: str) -> tuple[str, ...]:
        """Return the objects of a scope, those left out that depend on others of them.

        A node, link or village is itself. An operator is all its nodes. A commune is its villages
        and the nodes on which no other commune's villages depend: work in one commune does not
        excuse another one's outage.

        Args:
            kind: node, link, village, commune or operator.
            code: of the object; one that is not known has an empty scope.
        """
        if kind == "operator":
            return self._tops(
                node.code for node in self._geography.nodes.values() if node.operator == code
            )
        if kind != "commune":
            return (code,) if self._geography.kind(code) else ()
        villages = {
            village.code for village in self._geography.villages.values() if village.commune == code
        }
        nodes = (node for node in self._geography.nodes if self._serves_only(node, villages))
        return (*sorted(villages), *self._tops(nodes))

    def _serves_only(self, node: str, villages: set[str]) -> bool:
        served = {
            self._network.links[link].village for link in self._network.links_below.get(node, ())
        }
        served.update(self._network.fed.get(node, ()))
        return bool(served) and served <= villages

    def _tops(self, nodes: Iterable[str]) -> tuple[str, ...]:
        """Return the nodes that do not stand below others of them, the weightiest first."""
        tops: list[str] = []
        for node in sorted(nodes, key=lambda node: (-self._weight(node), node)):
            if self._weight(node) and not any(self._network.within((node,), top) for top in tops):
                tops.append(node)
        return tuple(tops)

    def _weight(self, node: str) -> int:
        """Return how much hangs on a node: what stands above weighs more."""
        return len(self._network.devices_below(node)) + len(self._network.links_below.get(node, ()))
