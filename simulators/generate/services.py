"""Services: which operators serve a village, and with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from province.places import Village
from province.topology import Technology
from simulators.generate.coverage import Coverage

_FIXED_WEIGHTS: Final = {"viettel": 45, "vnpt": 40, "mobifone": 15}
_MOBILE_WEIGHTS: Final = {"viettel": 50, "vnpt": 25, "mobifone": 25}
_SINGLE_HOMED: Final = 0.15
"""Share of villages that one operator alone serves."""
_SECOND_FIXED: Final = 0.3
"""Share of the others with a second optical network."""
_SECOND_MOBILE: Final = 0.15
"""Share of the others with a second 4G network."""


@dataclass(frozen=True, slots=True)
class Service:
    """What is to become a link.

    Attributes:
        village: whom it serves.
        operator: code of who does.
        technology: how.
        households: how many of the village use it.
    """

    village: Village
    operator: str
    technology: Technology
    households: int


def plan_services(village: Village, coverage: Coverage, random: Random) -> list[Service]:
    """Return two services of a village or more; the two most used come first.

    They are of two operators, but for villages that have one operator only.
    """
    if village.code in coverage.without_fibre:
        return _mobile_only(village, coverage, random)
    fixed = _choose(_FIXED_WEIGHTS, random)
    services = [_serve(village, fixed, Technology.FTTH, random, 0.5, 0.6)]
    alone = random.random() < _SINGLE_HOMED
    reached = village.code not in coverage.without_4g
    if reached:
        mobile = fixed if alone else _choose(_MOBILE_WEIGHTS, random, (fixed,))
        services += _mobile(village, mobile, coverage, random)
    if not reached or (not alone and random.random() < _SECOND_FIXED):
        other = _choose(_FIXED_WEIGHTS, random, (fixed,))
        services.append(_serve(village, other, Technology.FTTH, random, 0.05, 0.12))
    if reached and not alone and random.random() < _SECOND_MOBILE:
        other = _choose(_MOBILE_WEIGHTS, random, (mobile,))
        services.append(_serve(village, other, Technology.MOBILE_4G, random, 0.02, 0.06))
    return services


def _mobile_only(village: Village, coverage: Coverage, random: Random) -> list[Service]:
    first = _choose(_MOBILE_WEIGHTS, random)
    second = _choose(_MOBILE_WEIGHTS, random, (first,))
    main, *fast = _mobile(village, first, coverage, random)
    return [main, _serve(village, second, Technology.MOBILE_4G, random, 0.1, 0.2), *fast]


def _mobile(village: Village, operator: str, coverage: Coverage, random: Random) -> list[Service]:
    """Return an operator's 4G, and its 5G where the village has that."""
    services = [_serve(village, operator, Technology.MOBILE_4G, random, 0.1, 0.15)]
    if village.code in coverage.with_5g:
        services.append(_serve(village, operator, Technology.MOBILE_5G, random, 0.03, 0.07))
    return services


def _serve(
    village: Village,
    operator: str,
    technology: Technology,
    random: Random,
    least: float,
    most: float,
) -> Service:
    share = random.uniform(least, most)
    return Service(village, operator, technology, round(share * village.households))


def _choose(weights: Mapping[str, int], random: Random, without: Sequence[str] = ()) -> str:
    left = {code: weight for code, weight in weights.items() if code not in without}
    return random.choices(list(left), list(left.values()))[0]
