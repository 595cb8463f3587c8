"""How values move: a curve over the day, and noise that wanders around it."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from random import Random
from typing import Final, Protocol

LOCAL_TIME: Final = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Vietnam's time; it has no summer time."""


def local_hour(instant: datetime) -> float:
    """Return the hour of the local day, from 0 up to 24, with its fraction."""
    local = instant.astimezone(LOCAL_TIME)
    return local.hour + local.minute / 60 + local.second / 3600


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


class Wander:
    """Noise that remembers: each step keeps most of the last one, and its spread stays 1.

    A first-order autoregression: what neighbouring readings of a real instrument have in
    common, white noise has not.
    """

    MEMORY: Final = 0.9

    def __init__(self, random: Random) -> None:
        self._random = random
        self._value = random.gauss(0, 1)

    def step(self) -> float:
        """Return the next value; over time its mean is 0 and its standard deviation 1."""
        fresh = math.sqrt(1 - self.MEMORY**2)
        self._value = self.MEMORY * self._value + fresh * self._random.gauss(0, 1)
        return self._value


def jittered(start: datetime, turn: int, interval: timedelta, random: Random) -> datetime:
    """Return when a turn of a period is due: up to 10 % of the interval early or late.

    Counted from the start, so that jitter does not add up to drift.
    """
    return start + (turn + random.uniform(-0.1, 0.1)) * interval


def epoch_seconds(instant: datetime) -> int:
    """Return whole seconds since 1970, as a boot counter that grows from run to run."""
    return int(instant.astimezone(UTC).timestamp())
