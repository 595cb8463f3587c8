"""The power grid: substations, and medium-voltage feeders that villages hang on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from province.places import Commune, Village
from province.topology import Node, NodeKind
from simulators.generate.areas import distance_km, group_nearby
from simulators.generate.shares import split_evenly

_COMMUNES_PER_SUBSTATION: Final = 5
_VILLAGES_PER_FEEDER: Final = 40
_FEWEST_PER_FEEDER: Final = 15
"""A commune with fewer villages shares its feeders with a neighbour."""


@dataclass(slots=True)
class PowerGrid:
    """The grid, and who hangs on which feeder.

    Attributes:
        nodes: substations and feeders.
        feeder_of_village: feeder code by village code.
        feeder_of_commune: the feeder of what stands in a commune but in no village.
    """

    nodes: list[Node] = field(default_factory=list)
    feeder_of_village: dict[str, str] = field(default_factory=dict)
    feeder_of_commune: dict[str, str] = field(default_factory=dict)


def build_power_grid(
    communes: Sequence[Commune], villages: Mapping[str, Sequence[Village]]
) -> PowerGrid:
    """Return a grid that feeds every commune and every village."""
    grid = PowerGrid()
    for number, area in enumerate(group_nearby(communes, _COMMUNES_PER_SUBSTATION), 1):
        first = area[0]
        substation = Node(
            code=f"substation-{number:02d}",
            kind=NodeKind.POWER_SUBSTATION,
            name=f"Substation {first.name}",
            commune=first.code,
            lat=first.lat,
            lon=first.lon,
        )
        grid.nodes.append(substation)
        for district in _districts(area, villages):
            _add_feeders(grid, substation, district, villages)
    return grid


def _districts(
    area: Sequence[Commune], villages: Mapping[str, Sequence[Village]]
) -> list[list[Commune]]:
    """Return the communes of an area, those too small for a feeder with their neighbour."""

    def count(district: Sequence[Commune]) -> int:
        return sum(len(villages[commune.code]) for commune in district)

    districts = [[commune] for commune in area]
    while len(districts) > 1:
        smallest = min(districts, key=count)
        if count(smallest) >= _FEWEST_PER_FEEDER:
            break
        districts.remove(smallest)
        distances = [distance_km(smallest[0], district[0]) for district in districts]
        districts[distances.index(min(distances))] += smallest
    return districts


def _add_feeders(
    grid: PowerGrid,
    substation: Node,
    district: Sequence[Commune],
    villages: Mapping[str, Sequence[Village]],
) -> None:
    """Add the feeders of neighbouring communes, named for the first of them."""
    home = district[0]
    members = list(chain.from_iterable(villages[commune.code] for commune in district))
    # Neighbours hang on one feeder: from west to east in equal parts.
    members.sort(key=lambda village: village.lon or 0)
    for number, part in enumerate(split_evenly(members, _VILLAGES_PER_FEEDER) or [()], 1):
        feeder = Node(
            code=f"{home.code}-feeder{number}",
            kind=NodeKind.POWER_FEEDER,
            name=f"Feeder {number} {home.name}",
            parents=(substation.code,),
            commune=home.code,
        )
        grid.nodes.append(feeder)
        for village in part:
            grid.feeder_of_village[village.code] = feeder.code
            grid.feeder_of_commune.setdefault(village.commune, feeder.code)
    for commune in district:
        grid.feeder_of_commune.setdefault(commune.code, f"{home.code}-feeder1")
