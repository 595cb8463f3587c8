"""A map of the communes that needs no tile server and no file: a tile for each, in their order.

Communes are sorted from west to east into columns, and from north to south within each column. So
neighbours stay near each other, every commune is as easy to see as any other, and its name can
be read across the room, which real outlines of 102 communes cannot give on one panel.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from dashboards.colours import GREY
from dashboards.face import Face
from dashboards.links import board_url
from dashboards.panel import Panel, make_panel
from dashboards.query import Query
from dashboards.text import Text
from province.places import Commune

COLUMNS: Final = 12

_GAP: Final = 0.4
"""Between tiles, percent of the panel."""
_BLACK: Final = "#000000"


def tile_map(
    name: str, face: Face, sql: str, communes: Sequence[Commune], *, size: tuple[int, int]
) -> Panel:
    """Return the map; the query gives one row with a column for each commune, named by its code."""
    elements = [_tile(commune, place) for commune, place in _places(communes)]
    options = {
        "inlineEditing": False,
        "showAdvancedTypes": False,
        "panZoom": False,
        "infinitePan": False,
        "root": {
            "name": "map",
            "type": "frame",
            "background": {"color": {"fixed": "transparent"}},
            "constraint": {"horizontal": "left", "vertical": "top"},
            "placement": {"left": 0, "top": 0, "width": 100, "height": 100},
            "elements": elements,
        },
    }
    return make_panel(name, "canvas", face, [Query(sql)], size=size, details={"options": options})


def columns_of(communes: Sequence[Commune], value: str, otherwise: int) -> str:
    """Return SQL columns, one a commune: its value among rows of (commune_code, value).

    Args:
        communes: the communes.
        value: name of the column with the value.
        otherwise: value of a commune without a row.
    """
    # Codes come from our own file; they are digits.
    return ",\n    ".join(
        f"coalesce(max({value}) FILTER (WHERE commune_code = '{one.code}'), {otherwise})"
        f' AS "{one.code}"'
        for one in communes
    )


def _places(communes: Sequence[Commune]) -> Iterator[tuple[Commune, dict[str, float]]]:
    by_longitude = sorted(communes, key=lambda one: (one.lon, one.code))
    columns = min(COLUMNS, len(by_longitude))
    bounds = [round(len(by_longitude) * column / columns) for column in range(columns + 1)]
    tallest = max(end - start for start, end in pairwise(bounds))
    width, height = 100 / columns, 100 / tallest
    for column, (start, end) in enumerate(pairwise(bounds)):
        southward = sorted(by_longitude[start:end], key=lambda one: (-one.lat, one.code))
        for row, commune in enumerate(southward):
            yield commune, _placement(column * width, row * height, width, height)


def _placement(left: float, top: float, width: float, height: float) -> dict[str, float]:
    return {
        "left": round(left + _GAP / 2, 3),
        "right": round(100 - left - width + _GAP / 2, 3),
        "top": round(top + _GAP / 2, 3),
        "bottom": round(100 - top - height + _GAP / 2, 3),
    }


def _tile(commune: Commune, place: dict[str, float]) -> dict[str, Any]:
    link = {
        "title": Text("open the commune", "mở bảng xã"),
        "url": board_url("commune", commune=commune.code),
        "targetBlank": False,
        "oneClick": True,
    }
    return {
        "name": commune.code,
        "type": "rectangle",
        "constraint": {"horizontal": "scale", "vertical": "scale"},
        "placement": place,
        "background": {"color": {"field": commune.code, "fixed": GREY}},
        "border": {"color": {"fixed": "transparent"}, "width": 0},
        "config": {
            "text": {"mode": "fixed", "fixed": commune.name},
            "color": {"fixed": _BLACK},
            "align": "center",
            "valign": "middle",
            "size": 12,
        },
        "links": [link],
    }
