"""The boundaries of the 102 communes: to draw a map by; boundaries.geojson names their source.

They are simplified to some 110 m; neighbours share the same points, so a map drawn from them has
no gaps. They are no legal record.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

Point = tuple[float, float]
"""Longitude and latitude, degrees, WGS 84."""

Ring = tuple[Point, ...]
"""A closed line: its last point is its first."""


@lru_cache(maxsize=1)
def load_boundaries() -> Mapping[str, tuple[Ring, ...]]:
    """Return the rings of each commune, by its code; several where it has islands."""
    text = (resources.files("province.dak_lak") / "boundaries.geojson").read_text(encoding="utf-8")
    return {each["id"]: _rings(each["geometry"]) for each in json.loads(text)["features"]}


def _rings(geometry: Mapping[str, Any]) -> tuple[Ring, ...]:
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return tuple(
        tuple((longitude, latitude) for longitude, latitude in ring)
        for polygon in polygons
        for ring in polygon
    )
