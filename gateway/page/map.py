"""The map: the communes' boundaries as one SVG, made once when the gateway starts.

Points go to a grid of whole numbers, the same for both sides of a border, so there are no gaps
between neighbours however the map is scaled. Shapes and places to put a mark on are all that it
has; names, states and words come to it in the page.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from province.dak_lak.boundaries import Point, Ring
from province.places import Commune

WIDTH: Final = 1_600
"""Of the map, in its own units: one is some 130 m."""

_FEWEST: Final = 3
_Spot = tuple[int, int]


class Projection:
    """Turns longitude and latitude into places on the map; good for one province.

    Args:
        points: all that must find room.
    """

    def __init__(self, points: Iterable[Point]) -> None:
        longitudes, latitudes = zip(*points, strict=True)
        self._west, self._north = min(longitudes), max(latitudes)
        middle = math.radians((min(latitudes) + self._north) / 2)
        self._down = WIDTH / ((max(longitudes) - self._west) * math.cos(middle))
        self._across = self._down * math.cos(middle)
        self.height = round((self._north - min(latitudes)) * self._down)

    def spot(self, point: Point) -> _Spot:
        """Return where a point is on the map."""
        longitude, latitude = point
        across = round((longitude - self._west) * self._across)
        return across, round((self._north - latitude) * self._down)


def draw_map(communes: Sequence[Commune], boundaries: Mapping[str, Sequence[Ring]]) -> str:
    """Return the map: a path for each commune, with its code and where to put a mark."""
    drawn = [commune for commune in communes if commune.code in boundaries]
    points = (point for one in drawn for ring in boundaries[one.code] for point in ring)
    projection = Projection(points)
    paths = [_path(commune, boundaries[commune.code], projection) for commune in drawn]
    box = f"-4 -4 {WIDTH + 8} {projection.height + 8}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">'
    return "\n".join([head, *paths, "</svg>\n"])


def _path(commune: Commune, rings: Sequence[Ring], projection: Projection) -> str:
    lines = (_straightened([projection.spot(point) for point in ring]) for ring in rings)
    # What is smaller than the grid is no shape on it any more.
    outline = "".join(_outline(line) for line in lines if len(line) >= _FEWEST)
    x, y = projection.spot((commune.lon, commune.lat))
    return f'<path data-commune="{commune.code}" data-x="{x}" data-y="{y}" d="{outline}"/>'


def _outline(spots: Sequence[_Spot]) -> str:
    """Return one ring as path data: its first spot, then steps from spot to spot."""
    steps = [(x - at_x, y - at_y) for (at_x, at_y), (x, y) in pairwise(spots)]
    x, y = spots[0]
    return f"M{x} {y}l" + "".join(f"{_signed(dx)}{_signed(dy)}" for dx, dy in steps).strip() + "z"


def _straightened(spots: Sequence[_Spot]) -> list[_Spot]:
    """Return a ring without its end and without what lies between two others on one line."""
    kept: list[_Spot] = []
    for spot in spots:
        if kept and spot == kept[-1]:
            continue
        while len(kept) > 1 and _is_between(kept[-2], kept[-1], spot):
            kept.pop()
        kept.append(spot)
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def _is_between(before: _Spot, spot: _Spot, after: _Spot) -> bool:
    (ax, ay), (bx, by), (cx, cy) = before, spot, after
    return (bx - ax) * (cy - by) == (by - ay) * (cx - bx) and (bx - ax) * (cx - bx) + (by - ay) * (
        cy - by
    ) > 0


def _signed(number: int) -> str:
    """Return a number as path data take it behind another: a minus needs no space."""
    return str(number) if number < 0 else f" {number}"
