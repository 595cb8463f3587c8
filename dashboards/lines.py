"""Lines of charts whose names come from the database: an operator's colour, a technology's dash.

Grafana cannot be given a palette of one's own. Names that are known get their colour here, the same
on every board; others, such as gauges, get Grafana's classic palette.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboards.colours import BLUE, ORANGE, PURPLE
from dashboards.states import State
from dashboards.text import Text
from dashboards.words import TECHNOLOGIES

CLASSIC: Final = "palette-classic"
"""Grafana's palette by the place of a line: what a line has that is not named here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How lines, or bars, of some names look.

    Attributes:
        name: the name, or a pattern in slashes that finds it.
        colour: of the line; none: another `Line` says it.
        dash: lengths of strokes and gaps; none: it goes through.
    """

    name: str | Text
    colour: str | None = None
    dash: tuple[int, ...] = ()

    def override(self) -> dict[str, Any]:
        """Return it as Grafana's override of fields."""
        is_pattern = isinstance(self.name, str) and self.name.startswith("/")
        properties: list[dict[str, Any]] = []
        if self.colour is not None:
            fixed = {"mode": "fixed", "fixedColor": self.colour}
            properties.append({"id": "color", "value": fixed})
        if self.dash:
            style = {"fill": "dash", "dash": list(self.dash)}
            properties.append({"id": "custom.lineStyle", "value": style})
        return {
            "matcher": {"id": "byRegexp" if is_pattern else "byName", "options": self.name},
            "properties": properties,
        }


_OPERATORS: Final = {"viettel": BLUE, "vnpt": ORANGE, "mobifone": PURPLE}
_DASHES: Final = {
    "4g": (10, 5),
    "5g": (2, 4),
    "microwave": (10, 4, 2, 4),
    "satellite": (20, 6),
    "leased": (5, 2),
    "adsl": (14, 3, 2, 3, 2, 3),
}


def operators() -> Sequence[Line]:
    """Return the colours of operators' lines, and the dashes of technologies of their links."""
    colours = [Line(name=f"/^{code}( |$)/i", colour=colour) for code, colour in _OPERATORS.items()]
    return (*colours, *(_dash(code, dash) for code, dash in _DASHES.items()))


def bars_of(states: Sequence[State]) -> Sequence[Line]:
    """Return the colours of bars that are named by the words of states."""
    return tuple(Line(name=state.text, colour=state.colour) for state in states)


def _dash(technology: str, dash: tuple[int, ...]) -> Line:
    words = TECHNOLOGIES[technology]
    return Line(name=f"/ ({'|'.join(sorted({words.en, words.vi}))})( |$)/", dash=dash)
