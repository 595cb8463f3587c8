"""Frames: what Grafana's data source makes of a query's rows, and what a panel needs of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from dashboards.errors import QueryError
from dashboards.query import Shape


class Kind(StrEnum):
    """What a field's values are."""

    TIME = "time"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a frame.

    Attributes:
        name: its name, by which overrides find it.
        kind: what its values are.
        values: a value a row; none where there is none.
    """

    name: str
    kind: Kind
    values: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the database answered.

    Attributes:
        names: of the columns.
        rows: the rows.
    """

    names: Sequence[str]
    rows: Sequence[Sequence[Any]]


Frame = Sequence[Field]


def make_frame(answer: Answer, shape: Shape) -> Frame:
    """Return the frame that Grafana makes of an answer.

    Raises:
        QueryError: a time series without a column `time`, or out of order.
    """
    columns = [
        _field(name, [row[number] for row in answer.rows])
        for number, name in enumerate(answer.names)
    ]
    return columns if shape is Shape.TABLE else _series(columns)


def _field(name: str, values: list[Any]) -> Field:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, datetime) for value in known):
        return Field(name, Kind.TIME, values)
    if all(isinstance(value, int | float | Decimal) for value in known):
        # Of a column without any value the kind does not matter to a panel.
        return Field(name, Kind.NUMBER, [None if v is None else float(v) for v in values])
    return Field(name, Kind.TEXT, [None if value is None else str(value) for value in values])


def _series(columns: list[Field]) -> Frame:
    times = next((field for field in columns if field.name == "time"), None)
    if times is None:
        raise QueryError("a time series needs a column `time`")
    if list(times.values) != sorted(times.values):
        raise QueryError("a time series must be in the order of `time`")
    labels = [field for field in columns if field.kind is Kind.TEXT]
    numbers = [field for field in columns if field is not times and field.kind is Kind.NUMBER]
    if not labels:
        return [Field("time", Kind.TIME, times.values), *numbers]
    return _wide(times, labels, numbers)


def _wide(times: Field, labels: list[Field], numbers: list[Field]) -> Frame:
    """Return a field for each series, its values at all times of all series."""
    moments = list(dict.fromkeys(times.values))
    places = {moment: number for number, moment in enumerate(moments)}
    series: dict[str, list[float | None]] = {}
    for row, moment in enumerate(times.values):
        label = ", ".join(str(field.values[row]) for field in labels)
        for field in numbers:
            name = _series_name(field.name, label, labels, numbers)
            values = series.setdefault(name, [None] * len(moments))
            values[places[moment]] = field.values[row]
    return [
        Field("time", Kind.TIME, moments),
        *(Field(name, Kind.NUMBER, values) for name, values in series.items()),
    ]


def _series_name(column: str, label: str, labels: list[Field], numbers: list[Field]) -> str:
    # One number and one text column called metric: the text alone names the series.
    if len(numbers) == 1 and [field.name for field in labels] == ["metric"]:
        return label
    return f"{column} {label}"


_NEEDED: Final[Mapping[str, tuple[Kind, ...]]] = {
    "timeseries": (Kind.TIME, Kind.NUMBER),
    "state-timeline": (Kind.TIME, Kind.NUMBER),
    "stat": (Kind.NUMBER,),
    "bargauge": (Kind.TEXT, Kind.NUMBER),
    "table": (),
    "canvas": (Kind.NUMBER,),
}
"""Kinds of field that a kind of panel cannot do without."""


def misfits(panel: Mapping[str, Any], frame: Frame) -> list[str]:
    """Return what a panel needs of a frame and does not find, a sentence each."""
    kinds = {field.kind for field in frame}
    names = {field.name for field in frame}
    found = [f"no {kind} field" for kind in _NEEDED[panel["type"]] if kind not in kinds]
    styled = {override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]}
    if panel["type"] in {"table", "stat"}:
        found += [f"no column {name}, which has a style" for name in sorted(styled - names)]
    if panel["type"] == "table":
        found += [f"column {name} has no title" for name in sorted(names - styled)]
    if panel["type"] == "canvas":
        found += [f"no column {name}, which colours" for name in sorted(_colouring(panel) - names)]
    return found


def _colouring(panel: Mapping[str, Any]) -> set[str]:
    elements: Iterable[Mapping[str, Any]] = panel["options"]["root"]["elements"]
    colours = (element["background"]["color"] for element in elements)
    return {colour["field"] for colour in colours if "field" in colour}
