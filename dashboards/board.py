"""A board: rows of panels, variables and annotations; and its dashboard in one language."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboards.annotation import BUILT_IN, Annotation
from dashboards.folder import Folder
from dashboards.links import TAG, boards_menu, other_language, uid_of
from dashboards.panel import Panel
from dashboards.text import Language, Text, localise
from dashboards.variable import AnyVariable
from runtime.database.relations import LOCAL_TIME_ZONE

SCHEMA_VERSION: Final = 42
"""Of Grafana's classic dashboards, as versions 12.4 and 13 write it."""

_COLUMNS: Final = 24


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading; each takes the highest free place, from the left.

    Attributes:
        title: the heading; none: the panels stand without one.
        panels: the panels.
    """

    title: Text | None
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One screen.

    Attributes:
        name: its name in commands and in its uid.
        title: its title.
        description: what it is for, in a sentence.
        folder: where it is filed.
        rows: the panels.
        variables: what a reader chooses.
        annotations: what is marked on every time series.
        time_from: start of the time it opens with, to now.
        refresh: how often it asks again.
    """

    name: str
    title: Text
    description: Text
    folder: Folder
    rows: Sequence[Row]
    variables: Sequence[AnyVariable] = ()
    annotations: Sequence[Annotation] = ()
    time_from: str = "now-6h"
    refresh: str = "1m"

    @property
    def panels(self) -> Iterator[Panel]:
        """All of its panels, in order."""
        for row in self.rows:
            yield from row.panels

    def dashboard(self, language: Language) -> dict[str, Any]:
        """Return its dashboard in one language, as Grafana's classic JSON."""
        made: dict[str, Any] = localise(
            {
                "uid": uid_of(self.name, language),
                "title": self.title,
                "description": self.description,
                "tags": [TAG, str(language)],
                "schemaVersion": SCHEMA_VERSION,
                "timezone": LOCAL_TIME_ZONE,
                "weekStart": "monday",
                "time": {"from": self.time_from, "to": "now"},
                "refresh": self.refresh,
                "editable": False,
                "graphTooltip": 1,
                "fiscalYearStartMonth": 0,
                "links": [boards_menu(language), other_language(self.name, language)],
                "templating": {"list": [variable.model() for variable in self.variables]},
                "annotations": {"list": [BUILT_IN, *(one.model() for one in self.annotations)]},
                "panels": list(_placed(self.rows)),
            },
            language,
        )
        return made


def _placed(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    top = 0
    for number, row in enumerate(rows):
        if row.title is not None:
            yield _heading(number, row.title, top)
            top += 1
        # How far down each column is taken.
        taken = [top] * _COLUMNS
        for panel in row.panels:
            left, y = _free_place(panel.width, taken)
            taken[left : left + panel.width] = [y + panel.height] * panel.width
            place = {"h": panel.height, "w": panel.width, "x": left, "y": y}
            yield {"id": panel.panel_id, "gridPos": place} | dict(panel.body)
        top = max(taken)


def _free_place(width: int, taken: Sequence[int]) -> tuple[int, int]:
    """Return column and row of the highest place of this width; of several, the leftmost."""
    places = range(_COLUMNS - width + 1)
    left = min(places, key=lambda start: max(taken[start : start + width]))
    return left, max(taken[left : left + width])


def _heading(number: int, title: Text, top: int) -> dict[str, Any]:
    return {
        "type": "row",
        # Below the ids of panels, which are spread over a thousand million.
        "id": number + 1,
        "title": title,
        "collapsed": False,
        "gridPos": {"h": 1, "w": _COLUMNS, "x": 0, "y": top},
        "panels": [],
    }
