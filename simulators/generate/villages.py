"""Villages: as many as the scale asks for, shared out by population."""

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from province.places import Commune, CommuneKind, Village
from simulators.generate.areas import KM_PER_DEGREE
from simulators.generate.shares import share_out

PEOPLE_PER_VILLAGE: Final = 3_346_853 / 2500
"""At scale 1: the province has so many people and about so many villages."""
PEOPLE_PER_HOUSEHOLD: Final = 3.8
_SPREAD: Final = 0.6
"""Villages lie within this share of the radius of a round commune of the same area."""


def count_villages(communes: Sequence[Commune], scale: float) -> Mapping[str, int]:
    """Return how many villages each commune has, by its code."""
    people = sum(commune.population for commune in communes)
    total = round(scale * people / PEOPLE_PER_VILLAGE)
    counts = share_out(total, [commune.population for commune in communes])
    return {commune.code: count for commune, count in zip(communes, counts, strict=True)}


def place_villages(
    communes: Sequence[Commune], counts: Mapping[str, int], seed: int
) -> Mapping[str, tuple[Village, ...]]:
    """Return the villages of each commune, by its code.

    Args:
        communes: where they lie.
        counts: how many each has, by its code.
        seed: of places and sizes; a commune's villages do not depend on other communes.
    """
    return {
        commune.code: _villages(
            commune, counts[commune.code], Random(f"{seed} villages {commune.code}")
        )
        for commune in communes
    }


def _villages(commune: Commune, count: int, random: Random) -> tuple[Village, ...]:
    households = round(commune.population / PEOPLE_PER_HOUSEHOLD)
    sizes = share_out(households, [random.randint(60, 160) for _ in range(count)])
    urban = commune.kind is CommuneKind.WARD
    return tuple(
        _village(commune, number, "Tổ dân phố" if urban else "Thôn", size, random)
        for number, size in enumerate(sizes, 1)
    )


def _village(commune: Commune, number: int, prefix: str, size: int, random: Random) -> Village:
    lat, lon = _somewhere_near(commune, random)
    return Village(
        code=f"{commune.code}-v{number:02d}",
        commune=commune.code,
        name=f"{prefix} {number}",
        households=size,
        lat=lat,
        lon=lon,
        synthetic=True,
    )


def _somewhere_near(commune: Commune, random: Random) -> tuple[float, float]:
    radius_km = _SPREAD * math.sqrt(commune.area_km2 / math.pi)
    # The square root spreads points evenly over the disc instead of crowding its middle.
    distance = radius_km * math.sqrt(random.random()) / KM_PER_DEGREE
    bearing = random.uniform(0, 2 * math.pi)
    lat = commune.lat + distance * math.cos(bearing)
    lon = commune.lon + distance * math.sin(bearing) / math.cos(math.radians(commune.lat))
    return round(lat, 5), round(lon, 5)
