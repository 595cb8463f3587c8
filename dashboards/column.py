"""Columns: what one field of a panel has of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dashboards.limits import Limits
from dashboards.states import State, mappings
from dashboards.text import Text
from dashboards.words import Words, word_mappings

_HIDDEN: Final = {"viz": True, "legend": False, "tooltip": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How one column of a table, or one line of a chart, differs from the panel's defaults.

    Attributes:
        name: the column's name in the query's answer.
        title: its words for people; none: the name as it is.
        unit: Grafana's id of its unit.
        limits: colour the cell by its value.
        states: colour the cell by its state, and show the state's words.
        words: show a code's words.
        nothing: what a cell shows that is empty; none: what the panel says without data.
        colour: colour of a line.
        link: where a click leads; see links.py.
        width: of the column, in pixels.
        decimals: how many are shown.
        hidden: whether the column is there for links only.
        on_the_right: whether a line has its axis on the right.
    """

    name: str
    title: Text | None = None
    unit: str | None = None
    limits: Limits | None = None
    states: Sequence[State] = ()
    words: Words = field(default_factory=dict)
    nothing: str | None = None
    colour: str | None = None
    link: Text | None = None
    width: int | None = None
    decimals: int | None = None
    hidden: bool = False
    on_the_right: bool = False

    def override(self) -> dict[str, Any]:
        """Return it as Grafana's override of a field."""
        properties: dict[str, Any] = {
            "displayName": self.title,
            "unit": self.unit,
            "decimals": self.decimals,
            "noValue": self.nothing,
            "mappings": word_mappings(self.words) if self.words else None,
            "custom.width": self.width,
            "color": {"mode": "fixed", "fixedColor": self.colour} if self.colour else None,
            "custom.axisPlacement": "right" if self.on_the_right else None,
            # The first up to Grafana 12.1, the second from 12.2 on.
            "custom.hidden": True if self.hidden else None,
            "custom.hideFrom": _HIDDEN if self.hidden else None,
            "links": self._links(),
        } | self._cell()
        return {
            "matcher": {"id": "byName", "options": self.name},
            "properties": [
                {"id": key, "value": value}
                for key, value in properties.items()
                if value is not None
            ],
        }

    def _links(self) -> list[dict[str, Any]] | None:
        if self.link is None:
            return None
        return [{"title": Text("open", "mở"), "url": self.link, "targetBlank": False}]

    def _cell(self) -> dict[str, Any]:
        filled = {"type": "color-background", "mode": "basic"}
        if self.states:
            return {
                "mappings": mappings(self.states),
                "color": {"mode": "thresholds"},
                "custom.cellOptions": filled,
            }
        if self.limits is not None:
            return {
                "thresholds": self.limits.thresholds(),
                "color": {"mode": "thresholds"},
                "custom.cellOptions": filled,
            }
        return {}
