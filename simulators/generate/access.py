"""Access networks of one commune: what stands between an aggregation node and a village."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain
from random import Random
from typing import Final

from province.places import Commune, Village
from province.topology import Link, Node, NodeKind, Technology
from simulators.generate.power import PowerGrid
from simulators.generate.services import Service
from simulators.generate.shares import split_evenly

_LINKS_PER_CARD: Final = 4
_LINKS_PER_OLT: Final = 8 * _LINKS_PER_CARD
_LINKS_PER_SPLITTER: Final = 3
_VILLAGES_PER_SITE: Final = 5
_BUSY_HOUSEHOLDS: Final = 1_600
"""A site whose villages have more has a second 4G cell."""


class CommuneAccess:
    """Builds a commune's access nodes, and the links behind them.

    Args:
        commune: the commune.
        services: what its villages are to have.
        power: what feeds it.
        uplinks: aggregation node by operator code.
        random: how links share splitters.

    Attributes:
        nodes: from optical terminals and sites down.
        links: of every service, in the order of the services.
    """

    def __init__(
        self,
        commune: Commune,
        services: Sequence[Service],
        power: PowerGrid,
        uplinks: Mapping[str, str],
        random: Random,
    ) -> None:
        self.nodes: list[Node] = []
        self._commune = commune
        self._power = power
        self._uplinks = uplinks
        self._random = random
        self._last_nodes: dict[tuple[str, str, Technology], str] = {}
        # Neighbours share cards and sites: from west to east.
        ordered = sorted(services, key=lambda service: service.village.lon or 0)
        for operator in uplinks:
            own = [service for service in ordered if service.operator == operator]
            self._add_fixed(operator, [each for each in own if not each.technology.mobile])
            self._add_mobile(operator, [each for each in own if each.technology.mobile])
        self.links = [self._link(service) for service in services]

    def _add_fixed(self, operator: str, services: Sequence[Service]) -> None:
        for number, part in enumerate(split_evenly(services, _LINKS_PER_OLT), 1):
            olt = f"{self._commune.code}-{operator}-olt{number}"
            self._add(olt, NodeKind.OLT, operator, self._uplinks[operator], part[0].village)
            for at in range(0, len(part), _LINKS_PER_CARD):
                card = f"{olt}-c{at // _LINKS_PER_CARD + 1}"
                self._add(card, NodeKind.CARD, operator, olt)
                self._add_splitters(card, operator, part[at : at + _LINKS_PER_CARD])

    def _add_splitters(self, card: str, operator: str, services: Sequence[Service]) -> None:
        left = list(services)
        number = 0
        while left:
            number += 1
            splitter = f"{card}-s{number}"
            self._add(splitter, NodeKind.SPLITTER, operator, card)
            size = self._random.randint(1, _LINKS_PER_SPLITTER)
            self._end(splitter, left[:size])
            left = left[size:]

    def _add_mobile(self, operator: str, services: Sequence[Service]) -> None:
        by_village: dict[str, list[Service]] = defaultdict(list)
        for service in services:
            by_village[service.village.code].append(service)
        parts = split_evenly(list(by_village.values()), _VILLAGES_PER_SITE)
        for number, part in enumerate(parts, 1):
            site = f"{self._commune.code}-{operator}-site{number}"
            middle = part[len(part) // 2][0].village
            self._add(site, NodeKind.SITE, operator, self._uplinks[operator], middle, mast=True)
            busy = sum(group[0].village.households for group in part) > _BUSY_HOUSEHOLDS
            served = list(chain.from_iterable(part))
            self._add_cells(site, operator, Technology.MOBILE_4G, served, 2 if busy else 1)
            self._add_cells(site, operator, Technology.MOBILE_5G, served, 1)

    def _add_cells(
        self,
        site: str,
        operator: str,
        technology: Technology,
        services: Sequence[Service],
        most: int,
    ) -> None:
        """Add the cells of one technology, none where no village has it."""
        own = [service for service in services if service.technology is technology]
        size = max(1, -(-len(own) // most))
        for number, part in enumerate(split_evenly(own, size), 1):
            cell = f"{site}-{technology.value}-{number}"
            self._add(cell, NodeKind.CELL, operator, site)
            self._end(cell, part)

    def _add(
        self,
        code: str,
        kind: NodeKind,
        operator: str,
        parent: str,
        at: Village | None = None,
        *,
        mast: bool = False,
    ) -> None:
        """Add a node; what stands at a village has power from its feeder."""
        self.nodes.append(
            Node(
                code=code,
                kind=kind,
                name=f"{kind.replace('_', ' ')} {code}",
                parents=(parent,),
                power_node=self._power.feeder_of_village[at.code] if at else None,
                operator=operator,
                commune=self._commune.code,
                lat=at.lat if at and mast else None,
                lon=at.lon if at and mast else None,
            )
        )

    def _end(self, node: str, services: Sequence[Service]) -> None:
        for service in services:
            key = (service.village.code, service.operator, service.technology)
            self._last_nodes[key] = node

    def _link(self, service: Service) -> Link:
        village, operator, technology = service.village.code, service.operator, service.technology
        return Link(
            code=f"{village}-{operator}-{technology.value}",
            village=village,
            operator=operator,
            technology=technology,
            node=self._last_nodes[village, operator, technology],
            households=service.households,
        )
