"""Calibration: how far a watcher's probabilities of `dark` were from what was."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from simulators.milliseconds import MINUTE
from simulators.score.books import Book, Entry
from simulators.score.darkness import Darkness
from simulators.score.spans import Span, merged, shared, total, without
from simulators.score.sums import Sums
from simulators.score.truth import Truth

_IMPLIED: Final[Mapping[str, float]] = {
    "served": 0.0,
    "degraded": 0.0,
    "dark": 1.0,
    "unknown": 0.5,
}
"""What a state without a probability says; maintenance says nothing."""


@dataclass(frozen=True, slots=True)
class Calibration(Sums):
    """Sums over village-minutes that could be known.

    Attributes:
        minutes: how many.
        penalty: the squared distance of probability and truth, summed over them.
    """

    minutes: float = 0.0
    penalty: float = 0.0

    @property
    def brier(self) -> float | None:
        """The Brier score: 0 is perfect, 1 is always wrong."""
        return self.penalty / self.minutes if self.minutes else None


class CalibrationJudge:
    """Takes the villages of a run one by one, by what the watcher held at the time.

    Args:
        truth: of the run.
    """

    def __init__(self, truth: Truth) -> None:
        self._window = Span(truth.run.warm, truth.run.end)
        self._blind = [Span(blind.start, blind.end) for blind in truth.blinds]
        self._sums = Calibration()

    def take(self, book: Book, dark: Darkness) -> None:
        """Add a village, and when it was truly dark."""
        left_out = merged([*self._blind, *dark.planned])
        for span, entry in book.live.over(self._window):
            probability = _probability(entry)
            if probability is None:
                continue
            known = without([span], left_out)
            time, time_dark = total(known), shared(known, dark.unplanned)
            penalty = time_dark * (1 - probability) ** 2 + (time - time_dark) * probability**2
            self._sums += Calibration(time / MINUTE, penalty / MINUTE)

    def result(self) -> Calibration:
        """Return the sums of the run."""
        return self._sums


def _probability(entry: Entry) -> float | None:
    return _IMPLIED.get(entry.state) if entry.p_down is None else entry.p_down
