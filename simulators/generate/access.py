"""Access networks of one commune: what stands between an aggregation node and a village."""

from collections.abc import Mapping
from typing import Final

from province.places import Commune, Village
from province.topology import Link, Node, NodeKind, Technology
from simulators.generate.power import PowerGrid

_VILLAGES_PER_CARD: Final = 4
_VILLAGES_PER_SITE: Final = 4
_CELLS_PER_SITE: Final = 2


class CommuneAccess:
    """Builds a commune's access nodes as its villages ask for links.

    Args:
        commune: the commune.
        power: what feeds it.
        uplinks: aggregation node by operator code.
    """

    def __init__(self, commune: Commune, power: PowerGrid, uplinks: Mapping[str, str]) -> None:
        self.commune = commune
        self.nodes: list[Node] = []
        self.links: list[Link] = []
        self._power = power
        self._uplinks = uplinks
        self._fixed_links: dict[str, int] = {}
        self._mobile_links: dict[str, int] = {}

    def add_fixed(self, village: Village, operator: str, households: int) -> None:
        """Give a village an optical link, on a new card or terminal where the last is full."""
        count = self._fixed_links.get(operator, 0)
        self._fixed_links[operator] = count + 1
        olt = f"{self.commune.code}-{operator}-olt"
        card = f"{olt}-c{count // _VILLAGES_PER_CARD + 1}"
        if count == 0:
            self._add(olt, NodeKind.OLT, operator, self._uplinks[operator], powered=True)
        if count % _VILLAGES_PER_CARD == 0:
            self._add(card, NodeKind.CARD, operator, olt)
        self._link(village, operator, Technology.FTTH, card, households)

    def add_mobile(
        self, village: Village, operator: str, technology: Technology, households: int
    ) -> None:
        """Give a village mobile coverage, from a new site where the last is full."""
        count = self._mobile_links.get(operator, 0)
        self._mobile_links[operator] = count + 1
        site = f"{self.commune.code}-{operator}-s{count // _VILLAGES_PER_SITE + 1}"
        if count % _VILLAGES_PER_SITE == 0:
            self._add(
                site, NodeKind.SITE, operator, self._uplinks[operator], powered=True, at=village
            )
            for number in range(1, _CELLS_PER_SITE + 1):
                self._add(f"{site}-c{number}", NodeKind.CELL, operator, site)
        cell = f"{site}-c{count % _CELLS_PER_SITE + 1}"
        self._link(village, operator, technology, cell, households)

    def _add(
        self,
        code: str,
        kind: NodeKind,
        operator: str,
        parent: str,
        *,
        powered: bool = False,
        at: Village | None = None,
    ) -> None:
        feeder = self._power.feeder_of_commune[self.commune.code]
        if at is not None:
            feeder = self._power.feeder_of_village[at.code]
        self.nodes.append(
            Node(
                code=code,
                kind=kind,
                name=f"{kind.replace('_', ' ')} {code}",
                parents=(parent,),
                power_node=feeder if powered else None,
                operator=operator,
                commune=self.commune.code,
                lat=at.lat if at else None,
                lon=at.lon if at else None,
            )
        )

    def _link(
        self,
        village: Village,
        operator: str,
        technology: Technology,
        node: str,
        households: int,
    ) -> None:
        self.links.append(
            Link(
                code=f"{village.code}-{operator}-{technology.value}",
                village=village.code,
                operator=operator,
                technology=technology,
                node=node,
                households=households,
            )
        )
