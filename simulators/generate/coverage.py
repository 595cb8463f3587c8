"""Coverage: which villages have which technology, so that the province's own figures hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from province.inventory import Inventory
from province.places import Commune, CommuneKind, Village
from province.topology import Technology
from simulators.generate.areas import distance_km

STATED_BROADBAND: Final = 1.0
STATED_4G: Final = 0.999
STATED_5G: Final = 0.26
"""Shares that the province states: of villages with broadband, of people with 4G, with 5G."""
_MOBILE_ONLY: Final = 0.01
"""Share of villages that no fibre reaches."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who has what, by village code.

    Attributes:
        without_fibre: villages with mobile networks only.
        without_4g: villages with fibre only.
        with_5g: villages with 5G beside 4G.
    """

    without_fibre: frozenset[str]
    without_4g: frozenset[str]
    with_5g: frozenset[str]


@dataclass(frozen=True, slots=True)
class Covered:
    """Shares of households in a village with at least one link of a kind.

    Attributes:
        broadband: with any link.
        mobile_4g: with a 4G link.
        mobile_5g: with a 5G link.
    """

    broadband: float
    mobile_4g: float
    mobile_5g: float


def plan_coverage(
    communes: Sequence[Commune], villages: Mapping[str, Sequence[Village]]
) -> Coverage:
    """Return a coverage that comes as near to the stated shares as whole villages let it.

    What is missing is missing in the countryside's remotest villages; 5G begins in the middle
    of the wards.
    """
    remoteness = {
        village.code: distance_km(commune, village)
        for commune in communes
        for village in villages[commune.code]
    }
    urban, rural = (
        sorted(
            chain.from_iterable(
                villages[commune.code] for commune in communes if commune.kind is kind
            ),
            key=lambda village: remoteness[village.code],
        )
        for kind in (CommuneKind.WARD, CommuneKind.COMMUNE)
    )
    households = sum(village.households for village in (*urban, *rural))
    without_4g = _first_with(rural[::-1], (1 - STATED_4G) * households)
    reached = [village for village in rural[::-1] if village.code not in without_4g]
    without_fibre = reached[: round(_MOBILE_ONLY * len(remoteness))]
    with_5g = _first_with([*urban, *reached[::-1]], STATED_5G * households)
    return Coverage(frozenset(village.code for village in without_fibre), without_4g, with_5g)


def measure_coverage(inventory: Inventory) -> Covered:
    """Return what is covered while everything works."""
    households = {village.code: village.households for village in inventory.villages}
    total = sum(households.values()) or 1

    def share(*technologies: Technology) -> float:
        covered = {link.village for link in inventory.links if link.technology in technologies}
        return sum(households[code] for code in covered) / total

    return Covered(share(*Technology), share(Technology.MOBILE_4G), share(Technology.MOBILE_5G))


def _first_with(order: Sequence[Village], households: float) -> frozenset[str]:
    """Return the first villages of an order that have about so many households together."""
    taken: set[str] = set()
    missing = households
    for village in order:
        if abs(missing - village.households) < abs(missing):
            taken.add(village.code)
            missing -= village.households
    return frozenset(taken)
