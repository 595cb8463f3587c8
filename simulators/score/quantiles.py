"""Quantiles of small lists of numbers."""

from collections.abc import Iterable


def quantile(values: Iterable[float], share: float) -> float | None:
    """Return the value that this share of the values does not exceed; None of none.

    Between two values it goes in a straight line, so the median of 1 and 2 is 1.5.
    """
    ordered = sorted(values)
    if not ordered:
        return None
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])
