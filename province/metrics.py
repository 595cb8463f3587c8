"""The catalogue of metrics: what a reading may measure. The catalogue is data, metrics.csv."""

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from province.codes import CodeError, check_code

_COLUMNS: Final = ("metric_id", "metric", "unit", "minimum", "maximum", "description")
_LARGEST_ID: Final = 32_767
"""A PostgreSQL smallint."""


class CatalogueError(ValueError):
    """The catalogue breaks one of its rules; the message names file, line and metric."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    Attributes:
        metric_id: stored with every reading; stable for ever.
        code: its key in a payload's `values`; its unit stands in it.
        unit: for people; empty for counts and states.
        minimum: the least value that is physically plausible.
        maximum: the greatest.
        description: one line for people.
    """

    metric_id: int
    code: str
    unit: str
    minimum: float
    maximum: float
    description: str

    def __post_init__(self) -> None:
        """Refuse an id, code or range that could not be stored or compared.

        Raises:
            CatalogueError: naming the metric and the value.
            CodeError: naming the metric.
        """
        check_code(self.code, "metric")
        if not 1 <= self.metric_id <= _LARGEST_ID:
            raise CatalogueError(
                f"metric {self.code}: id {self.metric_id} is not from 1 to {_LARGEST_ID}"
            )
        if not (math.isfinite(self.minimum) and math.isfinite(self.maximum)):
            raise CatalogueError(f"metric {self.code}: its range must be finite")
        if self.minimum >= self.maximum:
            raise CatalogueError(
                f"metric {self.code}: minimum {self.minimum} is not below maximum {self.maximum}"
            )

    @property
    def has_two_states(self) -> bool:
        """Whether it is 0 or 1, such as whether a door is open."""
        return not self.unit and (self.minimum, self.maximum) == (0, 1)

    def holds(self, value: float) -> bool:
        """Whether the value is physically plausible; NaN never is."""
        return self.minimum <= value <= self.maximum


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Metric]:
    """Return the built-in catalogue by metric code, in the order of its file."""
    source = resources.files("province") / "metrics.csv"
    return read_catalogue(source.read_text(encoding="utf-8").splitlines(), source.name)


def read_catalogue(lines: Iterable[str], source: str) -> Mapping[str, Metric]:
    """Read a catalogue in the form of metrics.csv; lines that begin with `#` are skipped.

    Args:
        lines: its lines, without continuation: no description spans two.
        source: the file's name, for messages.

    Raises:
        CatalogueError: at the first line that breaks a rule, as `file:line: object: message`.
    """
    numbered = [(number, line) for number, line in enumerate(lines, 1) if not line.startswith("#")]
    rows = csv.reader(line for _, line in numbered)
    if tuple(next(rows, ())) != _COLUMNS:
        raise CatalogueError(f"{source}: expected the columns {', '.join(_COLUMNS)}")
    metrics: dict[str, Metric] = {}
    owners: dict[int, str] = {}
    for (number, _), row in zip(numbered[1:], rows, strict=True):
        try:
            metric = _metric(row)
            _check_new(metric, metrics, owners)
        except ValueError as error:
            raise CatalogueError(f"{source}:{number}: {error}") from None
        metrics[metric.code] = metric
        owners[metric.metric_id] = metric.code
    return MappingProxyType(metrics)


def _metric(row: list[str]) -> Metric:
    if len(row) != len(_COLUMNS):
        raise CatalogueError(f"{len(row)} fields where {len(_COLUMNS)} are expected")
    metric_id, code, unit, minimum, maximum, description = row
    try:
        return Metric(int(metric_id), code, unit, float(minimum), float(maximum), description)
    except (CatalogueError, CodeError):
        raise
    except ValueError as error:
        raise CatalogueError(f"metric {code}: {error}") from None


def _check_new(metric: Metric, metrics: Mapping[str, Metric], owners: Mapping[int, str]) -> None:
    if metric.code in metrics:
        raise CatalogueError(f"metric {metric.code}: a second line for this code")
    if metric.metric_id in owners:
        raise CatalogueError(
            f"metric {metric.code}: id {metric.metric_id} belongs to {owners[metric.metric_id]}"
        )
