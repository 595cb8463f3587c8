"""Areas: communes that lie near each other, as substations and aggregation nodes serve them."""

import math
from collections.abc import Sequence

from province.places import Commune


def group_nearby(communes: Sequence[Commune], size: int) -> list[list[Commune]]:
    """Split communes into groups of at most `size`, each around its southernmost member."""
    left = sorted(communes, key=lambda commune: (commune.lat, commune.code))
    groups = []
    while left:
        first = left[0]
        left.sort(key=lambda commune: _distance(first, commune))
        groups.append(left[:size])
        left = sorted(left[size:], key=lambda commune: (commune.lat, commune.code))
    return groups


def _distance(one: Commune, other: Commune) -> float:
    shrink = math.cos(math.radians(one.lat))
    return math.hypot(one.lat - other.lat, (one.lon - other.lon) * shrink)
