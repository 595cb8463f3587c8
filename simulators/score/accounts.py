"""Accounts: the dark minutes that a watcher booked, against the true ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from simulators.milliseconds import MINUTE
from simulators.score.books import Book, spans_of
from simulators.score.darkness import Darkness
from simulators.score.limits import WORST_FACTOR
from simulators.score.spans import Span, holds, merged, total, without
from simulators.score.sums import Sums
from simulators.score.truth import Truth

END_TARGET: Final = 0.5
"""T by which a booked begin or end may be off."""


@dataclass(frozen=True, slots=True)
class Accounts(Sums):
    """Sums over villages, weighted by their households.

    Attributes:
        true_minutes: household-minutes in the dark, but for announced work and blind times.
        booked_minutes: those that were booked.
        difference: of the two, without sign, summed over runs.
        weight: households of all begins and ends that can be judged.
        credit: of these, what was right: 1 within 0.5T, 0 from 1.5T on, in a line in between.
        booked_weight: households of those begins and ends that were booked at all.
        error: by how many T they were off, times households.
    """

    true_minutes: float = 0.0
    booked_minutes: float = 0.0
    difference: float = 0.0
    weight: float = 0.0
    credit: float = 0.0
    booked_weight: float = 0.0
    error: float = 0.0

    @property
    def saidi_error(self) -> float | None:
        """Relative error of B-SAIDI: 0.005 is half a percent; None where nobody was dark."""
        return self.difference / self.true_minutes if self.true_minutes else None

    @property
    def end_error(self) -> float | None:
        """By how many T booked begins and ends are off, on average."""
        return self.error / self.booked_weight if self.booked_weight else None

    @property
    def end_credit(self) -> float | None:
        """Credit for begins and ends, 0 to 1; what was not booked at all counts as 0."""
        return self.credit / self.weight if self.weight else None


class Accountant:
    """Takes the villages of a run one by one.

    Args:
        truth: of the run.
    """

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._window = Span(truth.run.warm, truth.run.end)
        self._blind = [Span(blind.start, blind.end) for blind in truth.blinds]
        self._sums = Accounts()

    def take(self, village: str, book: Book, dark: Darkness) -> None:
        """Add a village, and when it was truly dark."""
        left_out = merged([*self._blind, *dark.planned])
        booked = spans_of(book.final, "dark", self._window)
        households = self._truth.run.villages[village].households
        true_minutes = households * total(without(dark.unplanned, left_out)) / MINUTE
        booked_minutes = households * total(without(booked, left_out)) / MINUTE
        self._sums += Accounts(true_minutes, booked_minutes)
        for span in dark.unplanned:
            self._judge(span, booked, left_out, households)

    def result(self) -> Accounts:
        """Return the sums of the run."""
        sums = self._sums
        return sums + Accounts(difference=abs(sums.booked_minutes - sums.true_minutes))

    def _judge(
        self, dark: Span, booked: Sequence[Span], left_out: Sequence[Span], households: int
    ) -> None:
        """Compare begin and end of a dark time with those of what was booked for it."""
        best = max(booked, key=lambda span: _common(span, dark), default=None)
        if best is not None and _common(best, dark) <= 0:
            best = None
        for edge in range(2):
            unknowable = holds(left_out, dark[edge]) or dark[edge] == self._window[edge]
            if unknowable:
                continue
            self._sums += Accounts(weight=households)
            if best is not None:
                error = abs(best[edge] - dark[edge]) / self._truth.run.interval
                self._sums += Accounts(
                    credit=households * end_credit(error),
                    booked_weight=households,
                    error=households * error,
                )


def end_credit(error: float) -> float:
    """Return the credit for a begin or end that is off by so many T."""
    worst = WORST_FACTOR * END_TARGET
    return min(1.0, max(0.0, (worst - error) / (worst - END_TARGET)))


def _common(one: Span, other: Span) -> int:
    return min(one.end, other.end) - max(one.start, other.start)
