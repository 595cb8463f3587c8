"""A panel: one picture of a board, with its place left open."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from zlib import crc32

from dashboards.datasource import REFERENCE
from dashboards.errors import BoardError
from dashboards.face import Face
from dashboards.query import Query

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COLUMNS: Final = 24
"""Columns of Grafana's grid."""


class Styled(Protocol):
    """What single fields of a panel have of their own."""

    def override(self) -> dict[str, Any]:
        """Return it as Grafana's override of fields."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel without its place.

    Attributes:
        name: its name within the board; its id comes from it, so that links to it last.
        body: its JSON, texts in both languages, without id and place.
        width: columns of the grid, of 24.
        height: rows of the grid, of 30 pixels.
    """

    name: str
    body: Mapping[str, Any]
    width: int
    height: int

    def __post_init__(self) -> None:
        """Refuse a name that is no slug, and a size that no grid holds.

        Raises:
            BoardError: naming the panel.
        """
        if not _NAME.fullmatch(self.name):
            raise BoardError(f"panel {self.name!r}: a name is of a-z, 0-9 and single hyphens")
        if not (1 <= self.width <= _COLUMNS and self.height >= 1):
            raise BoardError(f"panel {self.name}: no grid holds {self.width} x {self.height}")

    @property
    def panel_id(self) -> int:
        """Its id within the dashboard: not its place in the list, which changes."""
        return crc32(self.name.encode()) % 1_000_000_000 + 1


def make_panel(
    name: str,
    kind: str,
    face: Face,
    queries: Sequence[Query],
    *,
    size: tuple[int, int],
    columns: Sequence[Styled] = (),
    details: Mapping[str, Any],
) -> Panel:
    """Return a panel of any kind; panels.py has a function for each kind with its defaults.

    Args:
        name: its name within the board.
        kind: Grafana's name of the kind.
        face: what it tells people.
        queries: what it asks.
        size: columns and rows of the grid.
        columns: what single fields have of their own.
        details: `options`, `custom` and `color` for the fields, and whatever else this kind has.
    """
    rest = dict(details)
    fields = {"custom": rest.pop("custom", {})}
    if "color" in rest:
        fields["color"] = rest.pop("color")
    body = {
        "type": kind,
        "title": face.title,
        "description": face.description(),
        "datasource": REFERENCE,
        "targets": [query.target() for query in queries],
        "fieldConfig": {
            "defaults": face.defaults() | fields,
            "overrides": [column.override() for column in columns],
        },
        **rest,
    }
    width, height = size
    return Panel(name, body, width, height)
