"""Agreed maintenance: the windows that the books leave out, for what they were announced before.

Neither announcing a window after it began nor cancelling it afterwards changes what is past.
"""

from collections.abc import Iterable, Mapping

from rules.books.spans import Span, merge
from rules.incidents.windows import PlannedWindow

Scope = tuple[str, str]
"""Kind and code of what a window is about: node, link, village, commune or operator."""


def agreed_spans(window: PlannedWindow, span: Span) -> list[Span]:
    """Return when a window held within a span: its occurrences that were announced in time.

    Raises:
        RecurrenceError: its recurrence cannot be read.
    """
    first, last = span
    return merge(
        (max(round(start), first), min(round(end), last))
        for start, end in window.occurrences(first, last)
        if window.announced(start)
    )


def by_scope(windows: Iterable[PlannedWindow], span: Span) -> Mapping[Scope, list[Span]]:
    """Return when each scope was in agreed maintenance.

    Raises:
        RecurrenceError: as in `agreed_spans`.
    """
    spans: dict[Scope, list[Span]] = {}
    for window in windows:
        scope = (str(window.scope_kind), window.scope_code)
        spans.setdefault(scope, []).extend(agreed_spans(window, span))
    return {scope: merge(each) for scope, each in spans.items()}
