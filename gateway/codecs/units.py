"""Units: what a foreign unit is in the catalogue's. The units are data, units.csv."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from province.metrics import Metric

_SIGNIFICANT_DIGITS: Final = 12
"""What a conversion leaves of a double: below it stands rounding, not measurement."""

_PLAIN_NUMBERS: Final = frozenset({"", "count", "/"})
"""Units in which a count or a state may be told; SenML says the latter as a ratio of 1."""


class Dialect(StrEnum):
    """Whose symbols are meant: `%` is a ratio up to 1 in SenML, and hundredths elsewhere."""

    SENML = "senml"
    PLAIN = "plain"


class UnitError(ValueError):
    """A unit is not known, or is none of the quantity that is wanted."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """`value * factor + offset` is the value in the base unit of its dimension."""

    dimension: str
    factor: float
    offset: float


def convert(value: float, unit: str, metric: Metric, dialect: Dialect) -> float:
    """Return a value in the unit of a metric.

    Args:
        value: the value as it came.
        unit: its unit's symbol; empty for a plain number.
        metric: what it is to become.
        dialect: whose symbol the unit is.

    Raises:
        UnitError: naming both units.
    """
    if not metric.unit:
        if unit in _PLAIN_NUMBERS or (dialect is Dialect.SENML and unit == "%"):
            return value
        raise UnitError(f"unit {unit!r} where {metric.code} is a plain number")
    source, wanted = _unit(unit, dialect), _unit(metric.unit, Dialect.PLAIN)
    if source == wanted:
        return value
    if source.dimension != wanted.dimension:
        raise UnitError(
            f"unit {unit!r} is {source.dimension}, and {metric.code} in {metric.unit!r} is "
            f"{wanted.dimension}"
        )
    base = value * source.factor + source.offset
    return float(f"{(base - wanted.offset) / wanted.factor:.{_SIGNIFICANT_DIGITS}g}")


def is_unit(symbol: str, dialect: Dialect) -> bool:
    """Whether a symbol is known."""
    return symbol in _units()[dialect]


def same_quantity(unit: str, other: str, dialect: Dialect) -> bool:
    """Whether one unit converts to the other; an unknown one to none."""
    units = _units()[dialect]
    return unit in units and other in units and units[unit].dimension == units[other].dimension


def candidates(unit: str, dialect: Dialect, metrics: Iterable[Metric]) -> list[str]:
    """Return the codes of the metrics that a value of this unit might be."""
    if not is_unit(unit, dialect):
        return []
    dimension = _units()[dialect][unit].dimension
    plain = _units()[Dialect.PLAIN]
    return [
        metric.code
        for metric in metrics
        if metric.unit in plain and plain[metric.unit].dimension == dimension
    ]


def _unit(symbol: str, dialect: Dialect) -> _Unit:
    unit = _units()[dialect].get(symbol)
    if unit is None:
        raise UnitError(f"unit {symbol!r} is not known" if symbol else "no unit is said")
    return unit


@lru_cache(maxsize=1)
def _units() -> Mapping[Dialect, Mapping[str, _Unit]]:
    text = (resources.files("gateway.codecs") / "units.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    units: dict[Dialect, dict[str, _Unit]] = {dialect: {} for dialect in Dialect}
    for row in csv.DictReader(lines):
        unit = _Unit(row["dimension"], float(row["factor"]), float(row["offset"] or 0))
        for dialect in Dialect if row["dialect"] == "both" else (Dialect(row["dialect"]),):
            units[dialect][row["unit"]] = unit
    return MappingProxyType(units)
