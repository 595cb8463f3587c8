"""Samples: what a line of the event log tells the rulebook."""

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
    """Return what a line has for the rulebook."""
    if line["kind"] == _INSTRUMENTS:
        return [Sample(at_of(line).timestamp(), OWN_DEVICE, _numbers(line["values"]))]
    if line["kind"] != "message":
        return []
    *_, device, channel = line["topic"].split("/")
    if channel != _TELEMETRY:
        return []
    report = line["payload"]
    at = at_of(line)
    if report.get("backfill"):
        at = min(at, parse_instant(report["observed_at"]))
    values = _numbers(report["values"])
    if _POWER in report["values"]:
        values[ON_BATTERY] = float(report["values"][_POWER] == "battery")
    return [Sample(at.timestamp(), device, values)]


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    return {
        metric: float(value) for metric, value in values.items() if isinstance(value, int | float)
    }
