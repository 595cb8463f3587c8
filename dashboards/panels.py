"""The kinds of panel, each with the defaults of the house.

A function takes the panel's name, its face and its SQL, and returns the panel. What differs from
board to board is an argument; what does not is here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from dashboards.colours import SERIES
from dashboards.column import Column
from dashboards.errors import BoardError
from dashboards.face import Face
from dashboards.lines import CLASSIC, Line
from dashboards.panel import Panel, make_panel
from dashboards.query import Query, Shape

_LAST_VALUE: Final = {"values": False, "calcs": ["lastNotNull"], "fields": ""}
_EACH_ROW: Final = {"values": True, "calcs": [], "fields": ""}
_LEGEND: Final = {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []}
_EMPTY: Final = "-"
"""What an empty cell shows: else Grafana writes there what the whole table says without data."""
_HIDE: Final = {"legend": False, "tooltip": False, "viz": False}


def stat(
    name: str,
    face: Face,
    sql: str,
    *,
    size: tuple[int, int] = (4, 4),
    columns: Sequence[Column] = (),
) -> Panel:
    """Return one great figure, or a few side by side: each number of the query's one row."""
    options = {
        "graphMode": "none",
        "colorMode": "background",
        "justifyMode": "center",
        "textMode": "value_and_name" if columns else "value",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
        "orientation": "auto",
        "reduceOptions": _LAST_VALUE,
    }
    details = {"options": options}
    return make_panel(name, "stat", face, [Query(sql)], size=size, columns=columns, details=details)


def time_series(
    name: str,
    face: Face,
    sql: str,
    *,
    size: tuple[int, int] = (12, 8),
    columns: Sequence[Column | Line] = (),
    stacked: bool = False,
    from_zero: bool = True,
    interval: str = "1m",
) -> Panel:
    """Return lines over time; limits are drawn as dashed lines.

    A line has a colour of its own, whatever its value: that of its column, or else the next of our
    series, or else Grafana's. Gaps stay gaps if the query has a row for each step.

    Args:
        name: its name within the board.
        face: what it tells people.
        sql: gives `time`, and numbers, or `metric` and one number.
        size: columns and rows of the grid.
        columns: title and colour of lines whose names are known, looks of others by pattern.
        stacked: whether the lines are parts of a whole.
        from_zero: whether the axis begins at nothing, as it must to compare heights.
        interval: least step of the query, as `$__interval` has it.

    Raises:
        BoardError: more columns are without a colour than our series has.
    """
    details: dict[str, Any] = {
        "interval": interval,
        "options": {
            "legend": _LEGEND,
            "tooltip": {"mode": "multi", "sort": "desc", "hideZeros": False},
        },
        "color": {"mode": CLASSIC},
        "custom": _lines(stacked=stacked, limited=face.limits.has_red)
        | ({"axisSoftMin": 0} if from_zero else {}),
    }
    panel_face = [Query(sql, Shape.TIME_SERIES)]
    styles = list(_coloured(name, columns))
    return make_panel(
        name, "timeseries", face, panel_face, size=size, columns=styles, details=details
    )


def _coloured(name: str, styles: Sequence[Column | Line]) -> Iterator[Column | Line]:
    """Yield the styles, columns without a colour with one that no other has."""
    taken = {style.colour for style in styles}
    free = [colour for colour in SERIES if colour not in taken]
    for style in styles:
        if isinstance(style, Column) and style.colour is None:
            if not free:
                raise BoardError(f"panel {name}: no colour is left for the line {style.name}")
            yield replace(style, colour=free.pop(0))
        else:
            yield style


def _lines(*, stacked: bool, limited: bool) -> dict[str, Any]:
    return {
        "drawStyle": "line",
        "lineInterpolation": "linear",
        "lineWidth": 1,
        "fillOpacity": 40 if stacked else 8,
        "showPoints": "auto",
        "pointSize": 4,
        "spanNulls": False,
        "axisPlacement": "auto",
        "hideFrom": _HIDE,
        "stacking": {"mode": "normal" if stacked else "none", "group": "A"},
        "thresholdsStyle": {"mode": "dashed" if limited else "off"},
    }


def state_timeline(
    name: str, face: Face, sql: str, *, size: tuple[int, int] = (24, 8), per_page: int = 20
) -> Panel:
    """Return bars of states over time, one line a thing; `face.states` gives words and colours.

    The query gives `time`, `metric` and the state's number at each change. A state lasts until the
    next one of the same thing: a gap must be said, as unknown.
    """
    details = {
        "options": {
            "showValue": "auto",
            "rowHeight": 0.85,
            "mergeValues": True,
            "alignValue": "left",
            "perPage": per_page,
            "legend": _LEGEND,
            "tooltip": {"mode": "single", "sort": "none", "hideZeros": False},
        },
        "custom": {"lineWidth": 0, "fillOpacity": 90, "spanNulls": True, "hideFrom": _HIDE},
    }
    query = [Query(sql, Shape.TIME_SERIES)]
    return make_panel(name, "state-timeline", face, query, size=size, details=details)


def table(
    name: str,
    face: Face,
    sql: str,
    *,
    size: tuple[int, int] = (24, 8),
    columns: Sequence[Column] = (),
) -> Panel:
    """Return rows as they are; every column should have a title in `columns`."""
    columns = [replace(column, nothing=column.nothing or _EMPTY) for column in columns]
    details = {
        "options": {"frameIndex": 0, "showHeader": True, "cellHeight": "sm", "sortBy": []},
        "custom": {
            "align": "auto",
            "filterable": True,
            "inspect": False,
        },
    }
    return make_panel(
        name, "table", face, [Query(sql)], size=size, columns=columns, details=details
    )


def bar_gauge(
    name: str,
    face: Face,
    sql: str,
    *,
    size: tuple[int, int] = (8, 8),
    columns: Sequence[Column | Line] = (),
) -> Panel:
    """Return a bar for each row: a text column names it, a number is its length."""
    options = {
        "displayMode": "basic",
        "valueMode": "color",
        "namePlacement": "auto",
        "showUnfilled": True,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 300,
        "orientation": "horizontal",
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        "reduceOptions": _EACH_ROW,
    }
    details = {"options": options}
    return make_panel(
        name, "bargauge", face, [Query(sql)], size=size, columns=columns, details=details
    )
