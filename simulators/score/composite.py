"""Composite: one number from 0 to 100, of eight parts. docs/scoring.md defines each."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from simulators.score.evidence import Evidence
from simulators.score.limits import WORST_FACTOR
from simulators.score.outcomes import Outcome

GATED: Final = 50.0
"""More than this no watcher gets that fails a gate."""

_NOT_JUDGED: Final = frozenset({"pipeline"})
"""Categories whose class says the root already."""
_CALM_NOTICES: Final = 1.2
_STORM_NOTICES: Final = 10.0
_FINE_SAIDI: Final = 0.005
_USELESS_SAIDI: Final = 0.5
_ADMITTED: Final = 0.98
_SHRUGGED: Final = 0.02
_SHRUGGED_WORST: Final = 0.2


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the composite.

    Attributes:
        name: what it is about.
        weight: of 100.
        credit: 0 to 1; None where the runs give no evidence of it.
    """

    name: str
    weight: float
    credit: float | None


@dataclass(frozen=True, slots=True)
class Composite:
    """The score.

    Attributes:
        parts: what it is made of.
        gated: a gate failed.
    """

    parts: tuple[Part, ...]
    gated: bool

    @property
    def ungated(self) -> float | None:
        """The parts together, 0 to 100, whatever the gates say; None without any evidence."""
        known = [(part.weight, part.credit) for part in self.parts if part.credit is not None]
        weight = sum(each for each, _ in known)
        return 100 * sum(each * credit for each, credit in known) / weight if known else None

    @property
    def score(self) -> float | None:
        """The score, 0 to 100: at most `GATED` if a gate failed."""
        score = self.ungated
        return score if score is None or not self.gated else min(score, GATED)


def compose(evidence: Evidence) -> Composite:
    """Return the score that some evidence gives."""
    parts = (Part(name, weight, credit(evidence)) for name, (weight, credit) in _PARTS.items())
    return Composite(tuple(parts), evidence.gates.failed)


def falling(value: float, target: float, worst: float) -> float:
    """Return 1 up to the target, 0 from the worst on, and a straight line in between."""
    return min(1.0, max(0.0, (worst - value) / (worst - target)))


def falling_fast(value: float, target: float, worst: float) -> float:
    """Return 1 up to the target, 0 from the worst on, in between by the logarithm."""
    return falling(math.log(max(value, target)), math.log(target), math.log(worst))


def _mean(credits_: Iterable[float]) -> float | None:
    values = list(credits_)
    return sum(values) / len(values) if values else None


def _recall(evidence: Evidence) -> float | None:
    return _mean(outcome.detected for outcome in evidence.outcomes)


def _precision(evidence: Evidence) -> float | None:
    return evidence.notices.precision


def _detection(evidence: Evidence) -> float | None:
    return _mean(_speed(outcome.delay, outcome.target) for outcome in evidence.outcomes)


def _storm(evidence: Evidence) -> float | None:
    return _mean(_calm(outcome) for outcome in evidence.outcomes)


def _root(evidence: Evidence) -> float | None:
    return _mean(outcome.right_root for outcome in judged_by_root(evidence.outcomes))


def _clear(evidence: Evidence) -> float | None:
    return _mean(
        0.0 if outcome.false_clears else _speed(outcome.clear, outcome.clear_target)
        for outcome in evidence.outcomes
        if outcome.clear_judged
    )


def _accounting(evidence: Evidence) -> float | None:
    error = evidence.accounts.saidi_error
    if error is None:
        return None
    # Where no begin or end can be judged, the minutes alone speak.
    ends = evidence.accounts.end_credit
    minutes = falling_fast(error, _FINE_SAIDI, _USELESS_SAIDI)
    return minutes if ends is None else (ends + minutes) / 2


def _unknown(evidence: Evidence) -> float | None:
    admitted = evidence.honesty.admitted_share
    if admitted is None:
        return None
    shrugged = evidence.honesty.shrugged_share or 0.0
    return min(1.0, admitted / _ADMITTED) * falling(shrugged, _SHRUGGED, _SHRUGGED_WORST)


def judged_by_root(outcomes: Sequence[Outcome]) -> Sequence[Outcome]:
    """Return those whose root a watcher has to name."""
    return [outcome for outcome in outcomes if outcome.category not in _NOT_JUDGED]


def _speed(time: int | None, target: int) -> float:
    return 0.0 if time is None else falling(time, target, WORST_FACTOR * target)


def _calm(outcome: Outcome) -> float:
    if not outcome.detected:
        return 0.0
    return falling_fast(outcome.notices, _CALM_NOTICES, _STORM_NOTICES)


_PARTS: Final[Mapping[str, tuple[float, Callable[[Evidence], float | None]]]] = {
    "recall": (25, _recall),
    "precision": (20, _precision),
    "detection time": (15, _detection),
    "storm": (10, _storm),
    "root cause": (15, _root),
    "clearing": (5, _clear),
    "accounting": (5, _accounting),
    "honesty": (5, _unknown),
}
