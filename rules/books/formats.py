"""Formats: how figures are written, and the sentences that stand below them."""

from collections.abc import Iterator

from rules.books.figures import BookFigures, Estimate
from rules.books.major import ENOUGH_DAYS
from rules.books.report import Report
from rules.books.words import Words

NOTHING = "-"
"""Where there is no figure."""


def percent(share: float, digits: int = 2) -> str:
    """Return a share as a percentage, without its sign; never 100 of what is a little less."""
    text = f"{100 * share:.{digits}f}"
    if share < 1 and float(text) >= 100:  # noqa: PLR2004 - a hundred per cent
        return f"{100 - 10.0**-digits:.{digits}f}"
    return text


def percent_estimate(estimate: Estimate) -> str:
    """Return an availability: one figure, or the interval that it is in."""
    if estimate.is_one:
        return percent(estimate.least, 3)
    return f"{percent(estimate.least)}-{percent(estimate.most)}"


def minutes_estimate(estimate: Estimate) -> str:
    """Return minutes: one figure, or the interval that they are in."""
    if estimate.is_one:
        return f"{estimate.least:.1f}"
    return f"{estimate.least:.0f}-{estimate.most:.0f}"


def notes(report: Report, words: Words) -> Iterator[str]:
    """Yield what a reader has to know beside the figures."""
    if report.request.of_links and report.request.operator is not None:
        yield words.of_links
    if len(report.kept) < report.asked:
        yield words.days_kept.format(kept=len(report.kept), asked=report.asked)
    if report.provisional:
        yield words.provisional.format(days=len(report.provisional))
    else:
        yield words.final
    if report.total.sums.corrected:
        yield words.corrected.format(rows=report.total.sums.corrected)
    if any(not each.availability.is_one for each in _books(report)):
        yield words.interval
    yield words.source


def major_lines(report: Report, words: Words) -> Iterator[str]:
    """Yield what is to be said of major event days."""
    major = report.major
    if major.limit is None:
        yield words.major_little.format(history=major.history, needed=ENOUGH_DAYS)
        return
    said = {"limit": f"{major.limit:.1f}", "history": major.history}
    yield (words.major if major.days else words.major_none).format(**said)
    for day, minutes in sorted(major.days.items()):
        yield f"  {day}  {minutes:.1f} min"


def _books(report: Report) -> list[BookFigures]:
    return [book for line in (report.total, *report.rows) for book in line.figures.books.values()]
