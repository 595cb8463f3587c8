"""Scopes: what a place or a root lies within, so that a window on something above it counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rules.books.windows import Scope


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """A node, as far as the books need to know it."""

    parents: tuple[str, ...]
    operator: str | None = None
    commune: str | None = None


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """A link, as far as the books need to know it.

    Attributes:
        households: that use it; where that is not known, the village's, shared among its links.
    """

    village: str
    operator: str
    node: str
    mobile: bool
    households: int


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """A village, as far as the books need to know it.

    Attributes:
        feeder: node of the power grid that feeds most of its devices; None: not known.
        links: codes of its links.
    """

    commune: str
    households: int
    feeder: str | None = None
    links: tuple[str, ...] = ()


@dataclass
class Topology:
    """What there is, and what depends on what."""

    nodes: Mapping[str, NodeFacts] = field(default_factory=dict)
    links: Mapping[str, LinkFacts] = field(default_factory=dict)
    villages: Mapping[str, VillageFacts] = field(default_factory=dict)
    _above: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    _scopes: dict[str, frozenset[Scope]] = field(default_factory=dict, repr=False)

    def above(self, node: str) -> frozenset[str]:
        """Return a node and those without which it does not stand; nothing if it is not known."""
        known = self._above.get(node)
        if known is None:
            facts = self.nodes.get(node)
            if facts is None:
                return frozenset()
            parents = [self.above(parent) for parent in facts.parents]
            # With several ways up it stands while one of them does.
            shared = frozenset.intersection(*parents) if parents else frozenset()
            known = self._above[node] = shared | {node}
        return known

    def scopes(self, code: str) -> frozenset[Scope]:
        """Return what a root lies within: a link, a village or a node."""
        known = self._scopes.get(code)
        if known is None:
            known = self._scopes[code] = frozenset(self._scopes_of(code))
        return known

    def surroundings(self, village: str) -> frozenset[Scope]:
        """Return what any link of a village lies within, and what feeds it."""
        facts = self.villages[village]
        scopes = {("village", village), ("commune", facts.commune)}
        scopes.update(*(self.scopes(link) for link in facts.links))
        if facts.feeder is not None:
            scopes.update(("node", node) for node in self.above(facts.feeder))
        return frozenset(scopes)

    def feeds(self, root: Sequence[str], village: str) -> bool:
        """Whether a root of the power grid feeds a village; also where nobody knows what does."""
        facts = self.villages.get(village)
        if facts is None or facts.feeder is None:
            return True
        return not self.above(facts.feeder).isdisjoint(root)

    def _scopes_of(self, code: str) -> Iterable[Scope]:
        if code in self.links:
            link = self.links[code]
            yield "link", code
            yield "operator", link.operator
            yield from self.scopes(link.node)
            yield "village", link.village
            if link.village in self.villages:
                yield "commune", self.villages[link.village].commune
        elif code in self.villages:
            facts = self.villages[code]
            yield "village", code
            yield "commune", facts.commune
            # Cut off as a whole: in a window that takes all of its links.
            shared = [self.scopes(link) for link in facts.links]
            if shared:
                yield from frozenset.intersection(*shared)
        elif code in self.nodes:
            node = self.nodes[code]
            yield from (("node", each) for each in self.above(code))
            if node.operator is not None:
                yield "operator", node.operator
            if node.commune is not None:
                yield "commune", node.commune
