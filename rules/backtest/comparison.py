"""Comparison: what one way of deciding finds and another does not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rules.backtest.verdicts import Verdict

_APART_SECONDS: Final = 600.0
"""Two incidents of the same cause that lie further apart are two, whoever found them."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The same incident, as it was decided in the two ways."""

    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two ways of deciding differ.

    Attributes:
        gained: incidents of the second alone.
        lost: incidents of the first alone.
        moved: the same cause at other times.
        severity: the same incident, more or less bad; it may have moved too.
        same: incidents of both, that differ in nothing.
    """

    gained: tuple[Verdict, ...]
    lost: tuple[Verdict, ...]
    moved: tuple[Pair, ...]
    severity: tuple[Pair, ...]
    same: tuple[Pair, ...]

    @property
    def differs(self) -> bool:
        """Whether anything does."""
        return bool(self.gained or self.lost or self.moved or self.severity)


def compare(before: Sequence[Verdict], after: Sequence[Verdict], tolerance: float) -> Comparison:
    """Compare two ways of deciding over the same time.

    Args:
        before: incidents of the first.
        after: incidents of the second.
        tolerance: seconds by which times may differ that count as the same.
    """
    pairs, gained, lost = _match(before, after)
    moved = tuple(pair for pair in pairs if _moved(pair, tolerance))
    severity = tuple(pair for pair in pairs if pair.before.severity is not pair.after.severity)
    return Comparison(
        gained=gained,
        lost=lost,
        moved=moved,
        severity=severity,
        same=tuple(pair for pair in pairs if pair not in moved and pair not in severity),
    )


def _match(
    before: Sequence[Verdict], after: Sequence[Verdict]
) -> tuple[list[Pair], tuple[Verdict, ...], tuple[Verdict, ...]]:
    """Pair incidents of the same cause, those nearest in time first."""
    rest: dict[tuple[str, str], list[Verdict]] = defaultdict(list)
    for verdict in after:
        rest[_kind(verdict)].append(verdict)
    near = [
        (abs(one.onset - other.onset), place, one, other)
        for place, one in enumerate(before)
        for other in rest[_kind(one)]
        if set(one.root) & set(other.root) and _meet(one, other)
    ]
    near.sort(key=lambda each: each[:2])
    paired: dict[str, Pair] = {}
    taken: set[str] = set()
    for _, _, one, other in near:
        if one.incident not in paired and other.incident not in taken:
            paired[one.incident] = Pair(one, other)
            taken.add(other.incident)
    return (
        [paired[one.incident] for one in before if one.incident in paired],
        tuple(one for one in after if one.incident not in taken),
        tuple(one for one in before if one.incident not in paired),
    )


def _kind(verdict: Verdict) -> tuple[str, str]:
    return str(verdict.incident_class), verdict.rule


def _meet(one: Verdict, other: Verdict) -> bool:
    """Whether two incidents overlap, or nearly do."""
    first, second = sorted((one, other), key=lambda each: each.onset)
    return first.ended_at is None or second.onset <= first.ended_at + _APART_SECONDS


def _moved(pair: Pair, tolerance: float) -> bool:
    before, after = pair.before, pair.after
    if (before.ended_at is None) != (after.ended_at is None):
        return True
    ends = abs((before.ended_at or 0.0) - (after.ended_at or 0.0))
    return max(abs(before.opened_at - after.opened_at), ends) > tolerance
