"""Scenarios in words: a line for each, and one as a page."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Final

from simulators.scenarios.happening import ZERO, Happening, target_of
from simulators.scenarios.model import Conditions, Scenario
from simulators.scenarios.values import format_duration
from simulators.scenarios.words import written

_LOCAL: Final = timezone(timedelta(hours=7))
_WIDTH: Final = 100
_OWN: Final = frozenset({"name", "fault", "at", "lasts", "expect", "text", "target"})
"""Keys of faults that have a column of their own."""


def describe_all(scenarios: Iterable[Scenario]) -> Iterator[str]:
    """Yield the lines of a table of scenarios."""
    rows = [("number", "name", "lasts", "title")]
    for scenario in scenarios:
        number = str(scenario.number or "")
        rows.append((number, scenario.name, format_duration(scenario.lasts), scenario.title))
    yield from align(rows)


def describe(scenario: Scenario) -> Iterator[str]:
    """Yield the lines of a page about one scenario: its story, its conditions, its timeline."""
    start = scenario.start.astimezone(_LOCAL)
    number = f" (number {scenario.number})" if scenario.number else ""
    yield f"{scenario.name}{number}: {scenario.title}"
    lasts = format_duration(scenario.lasts)
    yield f"{lasts} from {start:%Y-%m-%d %H:%M} on, {_conditions(scenario)}"
    for heading, text in (
        ("What happens", scenario.story),
        ("What is true", scenario.truth),
        ("What a good watcher does", scenario.expected),
    ):
        yield ""
        yield heading
        yield from textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    if scenario.faults:
        yield ""
        yield "Timeline, with what is expected for each fault"
        faults = sorted(scenario.faults, key=lambda fault: fault.begins(scenario.start))
        rows = [_row(fault, scenario.start) for fault in faults]
        yield from (f"  {line}" for line in align(rows))


def align(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield each row as a line, its cells under each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _conditions(scenario: Scenario) -> str:
    usual = Conditions()
    parts = [f"a report every {format_duration(scenario.conditions.interval)}"]
    for name, field in Conditions.model_fields.items():
        value = getattr(scenario.conditions, name)
        if name != "interval" and value != getattr(usual, name):
            parts.append(f"{name} {written(field, value)}")
    return ", ".join(parts)


def _row(fault: Happening, start: datetime) -> tuple[str, ...]:
    begins = fault.begins(start)
    local = f"{begins.astimezone(_LOCAL):%m-%d %H:%M:%S}"
    target = target_of(fault)
    settings = (
        f"{name}={written(field, getattr(fault, name))}"
        for name, field in type(fault).model_fields.items()
        if name in fault.model_fields_set - _OWN
    )
    return (
        local,
        f"+{format_duration(begins - start)}",
        "" if fault.span == ZERO else format_duration(fault.span),
        fault.name,
        fault.expectation,
        str(getattr(fault, "fault", "")),
        " ".join((*settings, *((f"[{target}]",) if target else ()))),
    )
