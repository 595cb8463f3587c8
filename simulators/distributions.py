"""How values move: a curve over the day, and noise that wanders around it."""

import math
from array import array
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final, Protocol


class Curve(Protocol):
    """A value over the local day."""

    def at(self, hour: float) -> float:
        """Return the value at an hour of the day."""
        ...


@dataclass(frozen=True, slots=True)
class Wave:
    """A cosine over the day: `mean` plus or minus `swing`, highest at `peak_hour`."""

    mean: float
    swing: float = 0.0
    peak_hour: float = 14.0

    def at(self, hour: float) -> float:
        """Return the value at an hour of the day."""
        return self.mean + self.swing * math.cos((hour - self.peak_hour) * math.pi / 12)


@dataclass(frozen=True, slots=True)
class Night:
    """One value by night, another by day."""

    by_night: float
    by_day: float
    dusk_hour: float = 18.0
    dawn_hour: float = 5.5

    def at(self, hour: float) -> float:
        """Return the value at an hour of the day."""
        return self.by_day if self.dawn_hour <= hour < self.dusk_hour else self.by_night


WANDER_STEPS: Final = 8_192
"""Length of a walk; a power of two, so that a position wraps by masking."""
_MEMORY: Final = 0.9


@lru_cache(maxsize=4)
def wander(seed: int) -> "array[float]":
    """Return a walk of noise that remembers: mean 0, standard deviation 1, a step each report.

    A first-order autoregression: what neighbouring readings of a real instrument have in
    common, white noise has not. All devices walk it, each from a place of its own: to draw
    each value anew would cost more than everything else about a report.
    """
    random = Random(f"{seed} wander")
    fresh = math.sqrt(1 - _MEMORY**2)
    value = random.gauss(0, 1)
    walk = array("d")
    for _ in range(WANDER_STEPS):
        value = _MEMORY * value + fresh * random.gauss(0, 1)
        walk.append(value)
    return walk


def binomial(trials: int, chance: float, draw: float) -> int:
    """Return how many of some trials succeed: the quantile `draw` of the binomial distribution.

    Args:
        trials: how many; small, for the time grows with the answer.
        chance: of each to succeed.
        draw: from 0 up to 1.
    """
    if chance <= 0:
        return 0
    if chance >= 1:
        return trials
    share = (1 - chance) ** trials
    odds = chance / (1 - chance)
    count = 0
    while draw >= share and count < trials:
        draw -= share
        share *= odds * (trials - count) / (count + 1)
        count += 1
    return count
