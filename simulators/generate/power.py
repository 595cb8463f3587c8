"""The power grid: substations, and medium-voltage feeders that villages hang on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from province.places import Commune, Village
from province.topology import Node, NodeKind
from simulators.generate.areas import group_nearby

_COMMUNES_PER_SUBSTATION: Final = 5
_VILLAGES_PER_FEEDER: Final = 40


@dataclass(slots=True)
class PowerGrid:
    """The grid, and who hangs on which feeder.

    Attributes:
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
        for commune in area:
            _add_feeders(grid, substation, commune, villages[commune.code])
    return grid


def _add_feeders(
    grid: PowerGrid, substation: Node, commune: Commune, villages: Sequence[Village]
) -> None:
    count = max(1, -(-len(villages) // _VILLAGES_PER_FEEDER))
    # Neighbours hang on one feeder: from west to east in equal parts.
    ordered = sorted(villages, key=lambda village: village.lon or 0)
    for number in range(count):
        feeder = Node(
            code=f"{commune.code}-feeder{number + 1}",
            kind=NodeKind.POWER_FEEDER,
            name=f"Feeder {number + 1} {commune.name}",
            parents=(substation.code,),
            commune=commune.code,
        )
        grid.nodes.append(feeder)
        grid.feeder_of_commune.setdefault(commune.code, feeder.code)
        part = ordered[number * len(ordered) // count : (number + 1) * len(ordered) // count]
        grid.feeder_of_village.update((village.code, feeder.code) for village in part)
