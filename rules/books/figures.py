"""Figures: what is made of the seconds of many places, weighted by households.

docs/operations/books.md defines each. No I/O.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from rules.books.causes import Cause

OBSERVED_ENOUGH: Final = 0.95
"""Below this observed share one figure would say too much: there are two, least and most."""


class Book(StrEnum):
    """One of the three books that are kept side by side."""

    GROSS = "gross"
    """All time without service."""
    NET = "net"
    """Without agreed maintenance."""
    NETWORK = "network"
    """Without agreed maintenance and without failures of the customers' own mains."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Outages that a book counts, each times the households that it hit."""

    sustained: int = 0
    momentary: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums over places and days; seconds are household-seconds.

    Attributes:
        days: local days that are asked for and have begun.
        household_days: the sum over days of the households there were.
        elapsed: of all states.
        causes: of what is down.
        outages: by book.
        provisional: rows that may still be rewritten.
        corrected: rows that were corrected after they were final.
    """

    days: int
    household_days: int
    elapsed: int
    degraded: int
    down: int
    unknown: int
    causes: Mapping[Cause, int] = field(default_factory=dict)
    outages: Mapping[Book, Counted] = field(default_factory=dict)
    provisional: int = 0
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure, or between which two it is.

    Attributes:
        least: if it is an interval, the figure that takes the unknown for the worst or best.
        most: the same as `least` where enough was observed.
    """

    least: float
    most: float

    @property
    def is_one(self) -> bool:
        """Whether it is one figure."""
        return self.least == self.most


@dataclass(frozen=True, slots=True)
class BookFigures:
    """What one book says.

    Attributes:
        availability: share of the observed time with service, 0 to 1.
        saidi: B-SAIDI: minutes without service of the average household.
        saifi: B-SAIFI: sustained outages of the average household.
        caidi: B-CAIDI: minutes of the average sustained outage; None: there was none.
        maifi: B-MAIFI: momentary outages of the average household.
        asai: share of the whole time with service, the unknown taken for served, 0 to 1.
    """

    availability: Estimate
    saidi: Estimate
    saifi: float
    caidi: float | None
    maifi: float
    asai: Estimate


@dataclass(frozen=True, slots=True)
class Figures:
    """What the books say of some places together.

    Attributes:
        households: the average number there was.
        observed: share of the time that was watched, 0 to 1.
        degraded: minutes of bad service of the average household.
        books: by book; empty where no household is known.
    """

    households: float
    observed: float
    degraded: float
    books: Mapping[Book, BookFigures]


def figures_of(sums: Sums) -> Figures:
    """Return the figures of sums over places and days."""
    if not sums.household_days or not sums.elapsed:
        return Figures(0, 0, 0, {})
    households = sums.household_days / sums.days
    observed = 1 - sums.unknown / sums.elapsed
    return Figures(
        households,
        observed,
        sums.degraded / 60 / households,
        {book: _book(sums, book, households, observed) for book in Book},
    )


def down_in(sums: Sums, book: Book) -> int:
    """Return the household-seconds without service that a book has."""
    down = sums.down
    if book is not Book.GROSS:
        down -= sums.causes.get(Cause.MAINTENANCE, 0)
    if book is Book.NETWORK:
        down -= sums.causes.get(Cause.MAINS, 0)
    return down


def _book(sums: Sums, book: Book, households: float, observed: float) -> BookFigures:
    down = down_in(sums, book)
    counted = sums.outages.get(book, Counted())
    saifi = counted.sustained / households
    minutes = down / 60 / households
    served_at_best, served_at_worst = (
        1 - down / sums.elapsed,
        1 - (down + sums.unknown) / sums.elapsed,
    )
    if observed >= OBSERVED_ENOUGH:
        available = 1 - down / (sums.elapsed - sums.unknown)
        availability = Estimate(available, available)
        saidi, asai = Estimate(minutes, minutes), Estimate(served_at_best, served_at_best)
    else:
        availability = asai = Estimate(served_at_worst, served_at_best)
        saidi = Estimate(minutes, (down + sums.unknown) / 60 / households)
    return BookFigures(
        availability,
        saidi,
        saifi,
        minutes / saifi if saifi else None,
        counted.momentary / households,
        asai,
    )
