"""How a value looks: its text by its unit, its colour by limits and states."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from dashboards.frames import Field
from runtime.database.relations import LOCAL_TIME_ZONE

_ZONE: Final = ZoneInfo(LOCAL_TIME_ZONE)
_SUFFIXES: Final = {
    "percent": " %",
    "ms": " ms",
    "Mbits": " Mb/s",
    "dBm": " dBm",
    "celsius": " °C",
    "mps": " msg/s",
    "cps": " /s",
}
_DURATIONS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"))
_SIZES: Final = ((1 << 30, " GiB"), (1 << 20, " MiB"), (1 << 10, " KiB"))


@dataclass(frozen=True, slots=True)
class Look:
    """The settings of one field, overrides taken in.

    Attributes:
        title: its name for people.
        unit: Grafana's id of its unit.
        decimals: how many are shown.
        steps: of its limits, least first.
        mapped: text and colour of single values.
        patterns: patterns of values, and the text of each, with `$1` for what brackets matched.
        nothing: what is shown of an empty value.
        by_limits: whether its value colours it, rather than its place among the lines.
        dash: lengths of its strokes and gaps; none: the line goes through.
        fixed: its colour, whatever the value.
        hidden: whether it is not shown.
        filled: whether a table fills its cells with the colour.
    """

    title: str
    unit: str
    decimals: int | None
    steps: Sequence[Mapping[str, Any]]
    mapped: Mapping[str, Mapping[str, Any]]
    patterns: Sequence[tuple[re.Pattern[str], str]]
    nothing: str
    by_limits: bool
    dash: Sequence[int]
    fixed: str | None
    hidden: bool
    filled: bool

    def text(self, value: Any) -> str:  # noqa: ANN401 - a field's values are anything
        """Return the value as people read it."""
        key = _key(value)
        if key in self.mapped:
            return str(self.mapped[key].get("text", value))
        for pattern, text in self.patterns:
            if isinstance(value, str) and pattern.search(value):
                return pattern.sub(re.sub(r"\$(\d)", r"\\\1", text), value)
        if value is None or value == "":
            return self.nothing
        if isinstance(value, datetime):
            return f"{value.astimezone(_ZONE):%d.%m. %H:%M}"
        return self._number(float(value)) if isinstance(value, int | float) else str(value)

    def colour(self, value: Any) -> str | None:  # noqa: ANN401 - the same
        """Return the colour of the value; none: it has no meaning by itself."""
        key = _key(value)
        if key in self.mapped:
            return self.mapped[key].get("color")
        if self.fixed is not None:
            return self.fixed
        if not isinstance(value, int | float):
            return None
        reached = [step for step in self.steps if step["value"] is None or value >= step["value"]]
        return str(reached[-1]["color"]) if reached else None

    def _number(self, value: float) -> str:
        if self.unit in {"s", "dtdurations"}:
            return _duration(value)
        if self.unit == "bytes":
            scale, name = next((one for one in _SIZES if value >= one[0]), (1, " B"))
            return f"{value / scale:.1f}{name}"
        decimals = self.decimals if self.decimals is not None else _decimals(value)
        return f"{value:,.{decimals}f}{_SUFFIXES.get(self.unit, '')}"


def look_of(panel: Mapping[str, Any], field: Field) -> Look:
    """Return how a field of a panel looks."""
    defaults = panel["fieldConfig"]["defaults"]
    own: dict[str, Any] = {}
    for override in panel["fieldConfig"]["overrides"]:
        if _is_of(override["matcher"], field.name):
            own |= {one["id"]: one["value"] for one in override["properties"]}
    mappings = own.get("mappings", defaults.get("mappings", []))
    colour = own.get("color", defaults["color"])
    return Look(
        title=own.get("displayName", field.name),
        unit=own.get("unit", defaults["unit"]),
        decimals=own.get("decimals", defaults.get("decimals")),
        steps=own.get("thresholds", defaults["thresholds"])["steps"],
        mapped=next((one["options"] for one in mappings if one["type"] == "value"), {}),
        patterns=[
            (_pattern(one["options"]["pattern"]), one["options"]["result"]["text"])
            for one in mappings
            if one["type"] == "regex"
        ],
        nothing=own.get("noValue", defaults.get("noValue", "")),
        by_limits=colour["mode"] == "thresholds",
        dash=own.get("custom.lineStyle", {}).get("dash", ()),
        fixed=colour.get("fixedColor"),
        hidden=bool(own.get("custom.hidden")),
        filled="custom.cellOptions" in own,
    )


def _is_of(matcher: Mapping[str, Any], name: str) -> bool:
    if matcher["id"] == "byRegexp":
        return _pattern(matcher["options"]).search(name) is not None
    return bool(matcher["options"] == name)


def _pattern(text: str) -> re.Pattern[str]:
    """Return a pattern as Grafana's page reads it: between slashes, flags behind them."""
    _, pattern, flags = text.split("/")
    return re.compile(pattern, re.IGNORECASE if "i" in flags else 0)


def _key(value: Any) -> str:  # noqa: ANN401 - a field's values are anything
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _decimals(value: float) -> int:
    return 0 if value.is_integer() or abs(value) >= 100 else 2  # noqa: PLR2004 - three digits do


def _duration(seconds: float) -> str:
    for length, name in _DURATIONS:
        if seconds >= length:
            return f"{timedelta(seconds=seconds) / timedelta(seconds=length):.1f} {name}"
    return f"{seconds:.0f} s"
