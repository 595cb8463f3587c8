"""The table: a report as text that fits a hundred columns."""

import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

from rules.books.causes import Cause
from rules.books.figures import Book, BookFigures
from rules.books.formats import (
    NOTHING,
    major_lines,
    minutes_estimate,
    notes,
    percent,
    percent_estimate,
)
from rules.books.present import Share
from rules.books.report import Line, Report
from rules.books.words import STATED_AVAILABILITY, Words

WIDTH: Final = 100

_COLUMNS: Final = (24, 11, 9, 13, 13, 13, 11, 6)
_SUMMARY: Final = (34, 16, 16, 16, 12)
_CAUSES: Final = (34, 16, 16)
_SHARES: Final = (34, 16, 16, 16, 12)


def table(report: Report, words: Words) -> str:
    """Return a report as text."""
    return "\n".join(_wrapped(_lines(report, words))) + "\n"


def present_table(shares: Sequence[Share]) -> str:
    """Return the shares at present as text."""
    rows = [_row(_SHARES, "now, %", "stated", "if all worked", "now", "unknown")]
    for share in shares:
        least, most = percent(share.now.least), percent(share.now.most)
        of = "villages with broadband" if share.name == "broadband" else f"people with {share.name}"
        rows.append(
            _row(
                _SHARES,
                f"{of}, of {share.whole:,.0f}",
                percent(share.stated, 1),
                percent(share.built),
                least if least == most else f"{least}-{most}",
                percent(share.unknown),
            )
        )
    return "\n".join(rows) + "\n"


def _lines(report: Report, words: Words) -> Iterator[str]:
    request = report.request
    total = report.total
    yield f"{words.title}: {report.subject}"
    yield words.span.format(first=request.first, last=request.last)
    yield ""
    yield from _summary(total, words)
    yield ""
    yield from _causes(total, words)
    if report.rows:
        yield ""
        yield words.groups[request.by]
        yield _row(
            _COLUMNS,
            words.name,
            words.households,
            words.observed,
            *words.books.values(),
            "B-SAIDI",
            "SAIFI",
        )
        yield from (_group(line, request.by) for line in report.rows)
    yield ""
    yield from major_lines(report, words)
    yield ""
    yield from notes(report, words)


def _summary(total: Line, words: Words) -> Iterator[str]:
    figures = total.figures
    yield f"{words.households}: {figures.households:,.0f}; {words.places}: {total.places:,}"
    yield f"{words.observed}: {percent(figures.observed)} %"
    yield f"{words.degraded}: {figures.degraded:.1f}"
    yield ""
    yield _row(_SUMMARY, "", *words.books.values(), words.stated)
    of = [figures.books.get(book) for book in Book]
    stated = f">= {percent(STATED_AVAILABILITY, 1)}"
    yield _row(_SUMMARY, words.availability, *(_availability(book) for book in of), stated)
    for name, values in (
        (words.minutes, [minutes_estimate(book.saidi) if book else NOTHING for book in of]),
        ("B-SAIFI", [_at_least(book, book.saifi) if book else NOTHING for book in of]),
        (
            words.minutes.replace("SAIDI", "CAIDI"),
            [_number(book.caidi if book else None) for book in of],
        ),
        ("B-MAIFI", [_at_least(book, book.maifi) if book else NOTHING for book in of]),
        ("ASAI, %", [percent_estimate(book.asai) if book else NOTHING for book in of]),
    ):
        yield _row(_SUMMARY, name, *values, "")


def _causes(total: Line, words: Words) -> Iterator[str]:
    sums, households = total.sums, total.figures.households
    yield _row(_CAUSES, words.cause, words.minutes, words.share)
    for cause in Cause:
        seconds = sums.causes[cause]
        minutes = seconds / 60 / households if households else 0
        share = f"{percent(seconds / sums.down, 1)} %" if sums.down else NOTHING
        yield _row(_CAUSES, words.causes[cause], f"{minutes:.1f}", share)


def _group(line: Line, by: str) -> str:
    figures = line.figures
    mark = "* " if line.sums.provisional else ""
    gross = figures.books.get(Book.GROSS)
    return _row(
        _COLUMNS,
        f"{mark}{_called(line, by)}",
        f"{figures.households:,.0f}",
        f"{percent(figures.observed, 1)} %",
        *(_availability(figures.books.get(book)) for book in Book),
        minutes_estimate(gross.saidi) if gross else NOTHING,
        f"{gross.saifi:.2f}" if gross else NOTHING,
    )


def _called(line: Line, by: str) -> str:
    """Return what a line is called: where a name says too little in so little room, the code."""
    if by == "link":
        return line.code
    return f"{line.code} {line.name}" if by == "village" else line.name


def _availability(book: BookFigures | None) -> str:
    return percent_estimate(book.availability) if book else NOTHING


def _at_least(book: BookFigures, value: float) -> str:
    """Return a count: what was not observed can only add to it."""
    return f"{value:.3f}" if book.saidi.is_one else f">= {value:.3f}"


def _number(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"


def _row(widths: Sequence[int], name: str, *values: str) -> str:
    first, *rest = widths
    name = unicodedata.normalize("NFC", name)
    if len(name) > first:
        name = f"{name[: first - 3]}..."
    cells = "".join(value.rjust(width) for value, width in zip(values, rest, strict=True))
    return f"{name:<{first}}{cells}".rstrip()


def _wrapped(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        at = line
        while len(at) > WIDTH:
            cut = at.rindex(" ", 0, WIDTH + 1)
            yield at[:cut]
            at = f"  {at[cut + 1 :]}"
        yield at
