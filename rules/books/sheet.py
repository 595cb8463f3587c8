"""The sheet: a report as CSV (RFC 4180, UTF-8, a header), for programs.

Columns are only ever added, at the end. docs/operations/books.md describes them.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from rules.books.causes import Cause
from rules.books.figures import Book
from rules.books.present import Share
from rules.books.report import Line, Report


def sheet(report: Report) -> str:
    """Return a report as CSV: a row of each line, or of each cause."""
    rows = _causes(report) if report.request.by == "cause" else _lines(report)
    return _text(list(rows))


def present_sheet(shares: Sequence[Share]) -> str:
    """Return the shares at present as CSV."""
    return _text(
        [
            {
                "name": share.name,
                "whole": round(share.whole),
                "stated": share.stated,
                "built": round(share.built, 6),
                "now_least": round(share.now.least, 6),
                "now_most": round(share.now.most, 6),
                "unknown": round(share.unknown, 6),
            }
            for share in shares
        ]
    )


def _lines(report: Report) -> Iterator[dict[str, Any]]:
    for line in sorted(report.rows, key=lambda line: line.code):
        figures = line.figures
        row = _head(report, line) | {
            "places": line.places,
            "households": round(figures.households, 3),
            "observed_share": round(figures.observed, 6),
            "degraded_minutes": round(figures.degraded, 3),
        }
        for book in Book:
            of = figures.books.get(book)
            row |= {
                f"availability_least_{book}": round(of.availability.least, 8) if of else None,
                f"availability_most_{book}": round(of.availability.most, 8) if of else None,
                f"b_saidi_least_minutes_{book}": round(of.saidi.least, 4) if of else None,
                f"b_saidi_most_minutes_{book}": round(of.saidi.most, 4) if of else None,
                f"b_saifi_{book}": round(of.saifi, 6) if of else None,
                f"b_caidi_minutes_{book}": round(of.caidi, 4) if of and of.caidi else None,
                f"b_maifi_{book}": round(of.maifi, 6) if of else None,
                f"asai_least_{book}": round(of.asai.least, 8) if of else None,
                f"asai_most_{book}": round(of.asai.most, 8) if of else None,
            }
        households = figures.households or 1
        row |= {
            f"{cause}_minutes": round(line.sums.causes[cause] / 60 / households, 4)
            for cause in Cause
        }
        yield row


def _causes(report: Report) -> Iterator[dict[str, Any]]:
    line = report.total
    households = line.figures.households or 1
    for cause in Cause:
        seconds = line.sums.causes[cause]
        yield _head(report, line) | {
            "cause": cause.value,
            "household_minutes": round(seconds / 60, 1),
            "b_saidi_minutes": round(seconds / 60 / households, 4),
            "share": round(seconds / line.sums.down, 6) if line.sums.down else None,
        }


def _head(report: Report, line: Line) -> dict[str, Any]:
    request = report.request
    return {
        "first_day": request.first.isoformat(),
        "last_day": request.last.isoformat(),
        "commune": request.commune,
        "operator": request.operator,
        "by": request.by,
        "code": line.code,
        "name": line.name,
        "status": "provisional" if line.sums.provisional else "final",
        "corrected_rows": line.sums.corrected,
    }


def _text(rows: Sequence[dict[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
