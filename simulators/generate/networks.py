"""The operators' networks: cores, aggregation, optical line terminals, sites; and the links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from province.operators import Operator
from province.places import Commune, CommuneKind, Village
from province.topology import Link, Node, NodeKind, Technology
from simulators.generate.access import CommuneAccess
from simulators.generate.areas import group_nearby
from simulators.generate.power import PowerGrid

OPERATORS: Final = (
    Operator(code="viettel", name="Viettel"),
    Operator(code="vnpt", name="VNPT"),
    Operator(code="mobifone", name="MobiFone"),
)
_FIXED_WEIGHTS: Final = {"viettel": 45, "vnpt": 40, "mobifone": 15}
_MOBILE_WEIGHTS: Final = {"viettel": 50, "vnpt": 25, "mobifone": 25}
_THIRD_LINK: Final = 0.3
"""Share of villages with a second optical network."""
_5G: Final = {CommuneKind.WARD: 0.85, CommuneKind.COMMUNE: 0.03}
"""Share of mobile links with 5G; together near the province's 26 % of people."""
_CORES: Final = 2
_COMMUNES_PER_AGGREGATION: Final = 10
_PROTECTED: Final = 0.6
"""Share of aggregation nodes with a way to both cores."""


@dataclass(slots=True)
class Network:
    """The networks of all operators."""

    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def build_networks(
    communes: Sequence[Commune],
    villages: Mapping[str, Sequence[Village]],
    power: PowerGrid,
    seed: int,
) -> Network:
    """Return networks that serve every village with two or three links."""
    network = Network()
    uplinks = _backbone(network, communes, power, Random(f"{seed} backbone"))
    for commune in communes:
        random = Random(f"{seed} access {commune.code}")
        access = CommuneAccess(commune, power, uplinks[commune.code])
        for village in villages[commune.code]:
            _serve(access, village, random)
        network.nodes += access.nodes
        network.links += access.links
    return network


def _backbone(
    network: Network, communes: Sequence[Commune], power: PowerGrid, random: Random
) -> Mapping[str, Mapping[str, str]]:
    """Add cores and aggregation nodes; return the latter by commune, then operator."""
    uplinks: dict[str, dict[str, str]] = {commune.code: {} for commune in communes}
    homes = sorted(communes, key=lambda commune: -commune.population)[:_CORES]
    areas = group_nearby(communes, _COMMUNES_PER_AGGREGATION)
    for operator in OPERATORS:
        cores = [_core(operator, number, home) for number, home in enumerate(homes, 1)]
        network.nodes += cores
        for number, area in enumerate(areas, 1):
            first = random.randrange(len(cores))
            parents = cores[first:] + cores[:first]
            protected = random.random() < _PROTECTED
            node = Node(
                code=f"{operator.code}-agg{number:02d}",
                kind=NodeKind.AGGREGATION,
                name=f"{operator.name} aggregation {area[0].name}",
                parents=tuple(core.code for core in (parents if protected else parents[:1])),
                power_node=power.feeder_of_commune[area[0].code],
                operator=operator.code,
                commune=area[0].code,
            )
            network.nodes.append(node)
            for commune in area:
                uplinks[commune.code][operator.code] = node.code
    return uplinks


def _core(operator: Operator, number: int, home: Commune) -> Node:
    # No power node: a core has generators and does not go down with its feeder.
    return Node(
        code=f"{operator.code}-core{number}",
        kind=NodeKind.OPERATOR_CORE,
        name=f"{operator.name} core {home.name}",
        operator=operator.code,
        commune=home.code,
    )


def _serve(access: CommuneAccess, village: Village, random: Random) -> None:
    fixed = _choose(_FIXED_WEIGHTS, random, ())
    mobile = _choose(_MOBILE_WEIGHTS, random, (fixed,))
    fast = random.random() < _5G[access.commune.kind]
    households = village.households
    access.add_fixed(village, fixed, round(households * random.uniform(0.55, 0.75)))
    access.add_mobile(
        village,
        mobile,
        Technology.MOBILE_5G if fast else Technology.MOBILE_4G,
        round(households * random.uniform(0.1, 0.2)),
    )
    if random.random() < _THIRD_LINK:
        other = _choose(_FIXED_WEIGHTS, random, (fixed,))
        access.add_fixed(village, other, round(households * random.uniform(0.05, 0.15)))


def _choose(weights: Mapping[str, int], random: Random, without: Sequence[str]) -> str:
    left = {code: weight for code, weight in weights.items() if code not in without}
    return random.choices(list(left), list(left.values()))[0]
