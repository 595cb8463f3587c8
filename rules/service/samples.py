"""Samples: what a line of the event log tells the rulebook."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from province.instants import parse_instant
from rules.rulebook.changes import Sample
from rules.rulebook.quantities import ON_BATTERY, OWN_DEVICE
from rules.service.lines import Line, at_of, own_line

_INSTRUMENTS: Final = "instruments"
_TELEMETRY: Final = "telemetry"
_POWER: Final = "power"


def instruments_line(at: datetime, values: dict[str, float]) -> Line:
    """Return the line of what our own instruments show, by their names in the rulebook."""
    return own_line(_INSTRUMENTS, at, values=values)


def samples_of(line: Line) -> list[Sample]:
    """Return the values that a line has for the rulebook."""
    if line["kind"] == _INSTRUMENTS:
        return list(_numbers(OWN_DEVICE, at_of(line).timestamp(), line["values"]))
    if line["kind"] != "message":
        return []
    *_, device, channel = line["topic"].split("/")
    if channel != _TELEMETRY:
        return []
    report = line["payload"]
    at = at_of(line)
    if report.get("backfill"):
        at = min(at, parse_instant(report["observed_at"]))
    values = report["values"]
    if _POWER in values:
        values = {**values, ON_BATTERY: int(values[_POWER] == "battery")}
    return list(_numbers(device, at.timestamp(), values))


def _numbers(device: str, at: float, values: dict[str, Any]) -> Iterator[Sample]:
    for metric, value in values.items():
        if isinstance(value, int | float):
            yield Sample(at, device, metric, float(value))
