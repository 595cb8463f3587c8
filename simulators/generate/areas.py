"""Areas: communes that lie near each other, as substations and aggregation nodes serve them."""

import math
from collections.abc import Sequence
from typing import Final

from province.places import Commune, Village

KM_PER_DEGREE: Final = 111.32
"""Of latitude; a degree of longitude is shorter by the cosine of the latitude."""


def group_nearby(communes: Sequence[Commune], size: int) -> list[list[Commune]]:
    """Split communes into groups of at most `size`, each around its southernmost member."""
    left = sorted(communes, key=lambda commune: (commune.lat, commune.code))
    groups = []
    while left:
        first = left[0]
        left.sort(key=lambda commune: distance_km(first, commune))
        groups.append(left[:size])
        left = sorted(left[size:], key=lambda commune: (commune.lat, commune.code))
    return groups


def distance_km(commune: Commune, place: Commune | Village) -> float:
    """Return how far a place lies from a commune's point; 0 for a village of unknown place."""
    if place.lat is None or place.lon is None:
        return 0.0
    shrink = math.cos(math.radians(commune.lat))
    return KM_PER_DEGREE * math.hypot(commune.lat - place.lat, (commune.lon - place.lon) * shrink)
