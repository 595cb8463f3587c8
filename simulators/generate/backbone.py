"""The operators' backbones: cores, and the aggregation nodes that serve some communes each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from province.operators import Operator
from province.places import Commune
from province.topology import Node, NodeKind
from simulators.generate.areas import distance_km, group_nearby
from simulators.generate.power import PowerGrid
from simulators.generate.shares import share_out

OPERATORS: Final = (
    Operator(code="viettel", name="Viettel"),
    Operator(code="vnpt", name="VNPT"),
    Operator(code="mobifone", name="MobiFone"),
)
CORES: Final = 2
"""How many cores each operator has."""
_COMMUNES_PER_AGGREGATION: Final = 10
_FEWEST_AGGREGATIONS: Final = 3
"""Per operator: the fault of one of them must not be the fault of a whole operator."""
_WAYS: Final = {"both cores": 50, "one core": 25, "a neighbour": 25}
"""What an aggregation node hangs on, in shares of them; the first is a protected ring."""
_BETWEEN_TWO: Final = 0.5
"""Share of aggregation nodes behind neighbours that have two: the far side of a ring."""


@dataclass(slots=True)
class Backbone:
    """All backbones.

    Attributes:
        nodes: cores and aggregation nodes.
        uplinks: aggregation node code by commune code, then operator code.
    """

    nodes: list[Node] = field(default_factory=list)
    uplinks: dict[str, dict[str, str]] = field(default_factory=dict)


def build_backbone(
    communes: Sequence[Commune], homes: Sequence[Commune], power: PowerGrid, random: Random
) -> Backbone:
    """Return backbones that reach every commune.

    Args:
        communes: those to reach.
        homes: where the cores stand.
        power: what feeds the aggregation nodes.
        random: which of them are protected, and how.
    """
    backbone = Backbone(uplinks={commune.code: {} for commune in communes})
    count = max(_FEWEST_AGGREGATIONS, -(-len(communes) // _COMMUNES_PER_AGGREGATION))
    areas = group_nearby(communes, -(-len(communes) // count))
    for operator in OPERATORS:
        cores = [_core(operator, number, home) for number, home in enumerate(homes, 1)]
        backbone.nodes += cores
        for number, parents in enumerate(_parents(operator, cores, areas, random), 1):
            area = areas[number - 1]
            node = _aggregation(operator, number, area[0], parents, power)
            backbone.nodes.append(node)
            for commune in area:
                backbone.uplinks[commune.code][operator.code] = node.code
    return backbone


def _parents(
    operator: Operator, cores: Sequence[Node], areas: Sequence[Sequence[Commune]], random: Random
) -> list[tuple[str, ...]]:
    """Return the codes above each area's aggregation node."""
    ways = _draw_ways(len(areas), random)
    first_order = [at for at, way in enumerate(ways) if way != "a neighbour"]
    parents: list[tuple[str, ...]] = []
    for at, way in enumerate(ways):
        if way == "a neighbour":
            home = areas[at][0]
            near = sorted(first_order, key=lambda to: distance_km(home, areas[to][0]))
            count = 2 if random.random() < _BETWEEN_TWO else 1
            parents.append(tuple(_aggregation_code(operator, to + 1) for to in near[:count]))
        else:
            order = random.sample(cores, len(cores))
            above = order if way == "both cores" else order[:1]
            parents.append(tuple(core.code for core in above))
    return parents


def _draw_ways(count: int, random: Random) -> Sequence[str]:
    """Return a way for each of so many aggregation nodes, in the stated shares."""
    shares: Mapping[str, int] = dict(
        zip(_WAYS, share_out(count, list(_WAYS.values())), strict=True)
    )
    ways = [way for way, number in shares.items() for _ in range(number)]
    random.shuffle(ways)
    return ways


def _core(operator: Operator, number: int, home: Commune) -> Node:
    # No power node: a core has generators and does not go down with its feeder.
    return Node(
        code=f"{operator.code}-core{number}",
        kind=NodeKind.OPERATOR_CORE,
        name=f"{operator.name} core {home.name}",
        operator=operator.code,
        commune=home.code,
    )


def _aggregation(
    operator: Operator, number: int, home: Commune, parents: tuple[str, ...], power: PowerGrid
) -> Node:
    return Node(
        code=_aggregation_code(operator, number),
        kind=NodeKind.AGGREGATION,
        name=f"{operator.name} aggregation {home.name}",
        parents=parents,
        power_node=power.feeder_of_commune[home.code],
        operator=operator.code,
        commune=home.code,
    )


def _aggregation_code(operator: Operator, number: int) -> str:
    return f"{operator.code}-agg{number:02d}"
