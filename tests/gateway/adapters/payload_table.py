"""The table of what became of every collected payload, printed at the end of a test run."""

from typing import Any, cast

import pytest

PROPERTY = "what became of the payload"
_LONGEST = 160


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest's own, private type
    """Print the rows that tests recorded; those of workers come with their reports."""
    rows: list[tuple[str, str]] = [
        cast("tuple[str, str]", row)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
        for name, row in report.user_properties
        if name == PROPERTY
    ]
    if not rows:
        return
    wide = max(len(place) for place, _ in rows)
    stored = sum(became.startswith("stored") for _, became in rows)
    terminalreporter.section(f"{len(rows)} payloads of other systems: {stored} stored")
    for place, became in sorted(rows):
        cut = became if len(became) <= _LONGEST else f"{became[: _LONGEST - 3]}..."
        terminalreporter.write_line(f"{place:{wide}}  {cut}")
