"""Major event days: days so bad that they are reported apart, and never left out."""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import fmean, stdev
from typing import Final

ENOUGH_DAYS: Final = 90
"""Fewer days with outages tell no threshold; our own choice, about a season."""
HISTORY_YEARS: Final = 5
_BETAS: Final = 2.5


def threshold(saidi: Sequence[float]) -> float | None:
    """Return the B-SAIDI above which a day is a major event, in minutes; None: too little history.

    It is exp(alpha + 2.5 beta), alpha and beta being mean and standard deviation of the logarithm
    of the daily B-SAIDI. Days without any outage have no logarithm and are left out, as the method
    has it.

    Args:
        saidi: of each day of the history, minutes.
    """
    logarithms = [math.log(minutes) for minutes in saidi if minutes > 0]
    if len(logarithms) < ENOUGH_DAYS:
        return None
    return math.exp(fmean(logarithms) + _BETAS * stdev(logarithms))


def major_days(saidi: Mapping[date, float], first: date, limit: float) -> Mapping[date, float]:
    """Return the B-SAIDI of days from the first on that are above a limit."""
    return {day: minutes for day, minutes in saidi.items() if day >= first and minutes > limit}
