"""The page: a report as one HTML file that needs nothing else."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from rules.books.days import LOCAL_ZONE
from rules.books.formats import (
    NOTHING,
    major_lines,
    minutes_estimate,
    notes,
    percent,
    percent_estimate,
)
from rules.books.report import Report
from rules.books.words import STATED_AVAILABILITY, words_of


def page(report: Report, language: str) -> str:
    """Return a report as HTML; whatever a village is called, it is text and no markup."""
    words = words_of(language)
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            report=report,
            words=words,
            language=language,
            total=list(report.total.figures.books.values()),
            households=report.total.figures.households or 1,
            stated=STATED_AVAILABILITY,
            notes=[*major_lines(report, words), *notes(report, words)],
            made_at=report.made_at.astimezone(LOCAL_ZONE).strftime("%Y-%m-%d %H:%M %z"),
            availability=percent_estimate,
            minutes=minutes_estimate,
            percent=percent,
            number=_number,
        )
    )


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("rules.books"), autoescape=True, undefined=StrictUndefined
    )


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:,.{digits}f}"
