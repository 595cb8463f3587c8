"""Shares: a whole number divided by weight, and a list divided into parts."""

import math
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


def share_out(total: int, weights: Sequence[float]) -> list[int]:
    """Share a total out in whole numbers: largest remainders first, so that the sum is exact."""
    whole = sum(weights) or 1
    quotas = [total * weight / whole for weight in weights]
    counts = [math.floor(quota) for quota in quotas]
    by_remainder = sorted(range(len(weights)), key=lambda at: counts[at] - quotas[at])
    for at in by_remainder[: total - sum(counts)]:
        counts[at] += 1
    return counts


def split_evenly(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Return as few parts as hold at most so many items each, all of about one size, in order."""
    count = -(-len(items) // most)
    return [
        items[number * len(items) // count : (number + 1) * len(items) // count]
        for number in range(count)
    ]
