"""Columns of a recording: which become metrics, and in which unit they stand."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from province.metrics import catalogue
from simulators.errors import UsageError

_NUMBER: Final = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RULE: Final = re.compile(
    r"^(?P<column>[^=]+)=(?P<metric>[A-Za-z0-9_-]+)"
    rf"(?:\*(?P<factor>-?{_NUMBER}))?(?P<offset>[+-]{_NUMBER})?\Z"
)


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column that becomes a metric: `value * factor + offset`.

    Attributes:
        column: its name in the recording.
        metric: code of a metric of the catalogue.
    """

    column: str
    metric: str
    factor: float = 1.0
    offset: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Parse `column=metric`, `column=metric*0.001` or `column=metric*1.8+32`.

        Raises:
            UsageError: naming the text, or the metric that is not in the catalogue.
        """
        match = _RULE.match(text)
        if match is None:
            raise UsageError(f"--map {text!r}: expected COLUMN=METRIC[*FACTOR][+OFFSET]")
        if match["metric"] not in catalogue():
            raise UsageError(f"--map {text!r}: {match['metric']!r} is not in the catalogue")
        factor, offset = float(match["factor"] or 1), float(match["offset"] or 0)
        return cls(match["column"], match["metric"], factor, offset)

    def convert(self, value: float) -> float:
        """Return the value in the metric's unit; what is not converted stays as recorded."""
        if self.factor == 1 and not self.offset:
            return value
        # Fifteen digits hold every decimal that a float can: more would be noise.
        return float(f"{value * self.factor + self.offset:.15g}")


def read_number(row: Mapping[str, object], column: str) -> float | None:
    """Return the number in a column; None where it is empty or absent.

    Raises:
        ValueError: naming the column and what stands in it.
    """
    value = row.get(column)
    if value is None or value == "":
        return None
    wrong = isinstance(value, bool) or not isinstance(value, str | int | float)
    try:
        number = math.nan if wrong else float(str(value))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"column {column}: {value!r} is not a finite number")
    return number
