"""Frames: what Grafana's data source makes of rows."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from dashboards.errors import QueryError
from dashboards.frames import Answer, Frame, Kind, make_frame
from dashboards.query import Shape

ONE, TWO = datetime(2026, 11, 25, 1, tzinfo=UTC), datetime(2026, 11, 25, 2, tzinfo=UTC)


def series(names: list[str], *rows: tuple[object, ...]) -> dict[str, list[object]]:
    frame: Frame = make_frame(Answer(names, rows), Shape.TIME_SERIES)
    return {field.name: list(field.values) for field in frame}


def test_numbers_beside_the_time_are_a_series_each() -> None:
    assert series(["time", "a", "b"], (ONE, 1, Decimal("2.5")), (TWO, None, 4)) == {
        "time": [ONE, TWO],
        "a": [1.0, None],
        "b": [2.5, 4.0],
    }


def test_a_column_called_metric_names_the_series() -> None:
    rows = ((ONE, "x", 1), (ONE, "y", 2), (TWO, "x", 3))
    assert series(["time", "metric", "value"], *rows) == {
        "time": [ONE, TWO],
        "x": [1.0, 3.0],
        "y": [2.0, None],
    }


def test_other_text_columns_name_it_together_with_the_number() -> None:
    assert series(["time", "link", "rtt"], (ONE, "x", 1)) == {"time": [ONE], "rtt x": [1.0]}


def test_a_series_without_a_time_is_an_error() -> None:
    with pytest.raises(QueryError, match="needs a column `time`"):
        series(["at", "a"], (ONE, 1))


def test_a_series_out_of_order_is_an_error() -> None:
    with pytest.raises(QueryError, match="in the order of `time`"):
        series(["time", "a"], (TWO, 1), (ONE, 1))


def test_a_table_stays_as_it_is() -> None:
    frame = make_frame(Answer(["at", "name", "n"], [(ONE, "x", 1)]), Shape.TABLE)
    assert [(field.name, field.kind) for field in frame] == [
        ("at", Kind.TIME),
        ("name", Kind.TEXT),
        ("n", Kind.NUMBER),
    ]
