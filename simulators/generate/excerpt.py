"""A smaller province: which communes stand for all of them.

It has fewer communes and not thinner ones, so that a feeder, a card or a site serves as many
villages as in the whole, and a fault silences as many devices. Town and country, the coast
and the highland keep their shares as well as whole communes let them.
"""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from province.places import Commune
from simulators.generate.shares import share_out

_FIRST_OF_THE_WEST: Final = "23000"
"""Codes below are those of the former Phu Yen: the east, on the coast."""


def choose_communes(
    communes: Sequence[Commune], villages: Mapping[str, int], scale: float, seed: int
) -> tuple[Commune, ...]:
    """Return about that share of the communes, with about that share of the villages.

    Args:
        communes: all of them.
        villages: how many each has, by its code.
        scale: the share, above 0 and below 1; there is always one commune.
        seed: of which ones, among those that do as well.
    """
    # The smallest groups have the least choice, so that what they miss the others can mend.
    groups = sorted(_strata(communes), key=len)
    sizes = share_out(max(1, round(scale * len(communes))), [len(group) for group in groups])
    taken = [(group, size) for group, size in zip(groups, sizes, strict=True) if size]
    weights = [sum(villages[commune.code] for commune in group) for group, _ in taken]
    missing = round(scale * sum(villages.values()))
    chosen: set[str] = set()
    for at, (group, size) in enumerate(taken):
        goal = share_out(missing, weights[at:])[0]
        random = Random(f"{seed} communes {group[0].code}")
        some = _nearest_to(goal, [commune.code for commune in group], villages, size, random)
        missing -= sum(villages[code] for code in some)
        chosen |= some
    return tuple(commune for commune in communes if commune.code in chosen)


def is_east(commune: Commune) -> bool:
    """Whether a commune of Dak Lak lies in the former Phu Yen, on the coast."""
    return commune.code < _FIRST_OF_THE_WEST


def _strata(communes: Sequence[Commune]) -> list[list[Commune]]:
    groups: dict[tuple[str, bool], list[Commune]] = {}
    for commune in communes:
        groups.setdefault((commune.kind.value, is_east(commune)), []).append(commune)
    return [groups[key] for key in sorted(groups)]


def _nearest_to(
    goal: int, codes: Sequence[str], villages: Mapping[str, int], size: int, random: Random
) -> set[str]:
    """Return so many codes whose villages add up to about the goal.

    A random choice, mended by the exchange that helps most until none helps.
    """
    order = random.sample(codes, len(codes))
    inside, outside = order[:size], order[size:]
    missing = goal - sum(villages[code] for code in inside)
    while True:
        exchanges = (
            (abs(missing - villages[new] + villages[old]), at, other)
            for at, old in enumerate(inside)
            for other, new in enumerate(outside)
        )
        left, at, other = min(exchanges, default=(abs(missing), 0, 0))
        if left >= abs(missing):
            return set(inside)
        missing += villages[inside[at]] - villages[outside[other]]
        inside[at], outside[other] = outside[other], inside[at]
