"""What is checked of every panel with data: a sentence for each problem."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dashboards.datasource import REFERENCE, UID
from dashboards.face import WHEN_RED
from dashboards.units import is_unit

_VARIABLE: Final = re.compile(r"\$\{?(\w+)|\[\[(\w+?)(?::\w+)?\]\]")
_LEAST: Final = 10
"""Letters of a text that says something."""

Panel = Mapping[str, Any]


def panel_problems(panel: Panel, names: set[str]) -> Iterator[str]:
    """Yield what is wrong with a panel.

    Args:
        panel: its JSON.
        names: of the board's variables.
    """
    yield from _face(panel)
    yield from _units(panel)
    yield from source_problems("the panel", panel)
    yield from twice("query letter", (target["refId"] for target in panel["targets"]))
    if not panel["targets"]:
        yield "no query"
    for target in panel["targets"]:
        yield from source_problems(f"query {target['refId']}", target)
        yield from unknown_variables(f"query {target['refId']}", target["rawSql"], names)


def twice(what: str, values: Iterable[Any]) -> Iterator[str]:
    """Yield a problem for each value that is there more than once."""
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{what} {value!r} is there {times} times"


def source_problems(what: str, holder: Mapping[str, Any]) -> Iterator[str]:
    """Yield a problem if something asks another data source than ours."""
    source = holder.get("datasource") or {}
    if source.get("uid") != UID:
        yield f"{what} asks the unknown data source {source.get('uid')!r}"
    elif source != REFERENCE:
        yield f"{what} asks the data source {UID} as one of the type {source.get('type')!r}"


def unknown_variables(what: str, text: str, names: set[str]) -> Iterator[str]:
    """Yield a problem for each variable that the board does not have."""
    used = {plain or old for plain, old in _VARIABLE.findall(text)}
    for name in sorted(used - names):
        if not name.startswith("__"):
            yield f"{what} uses ${name}, which the board does not have"


def _face(panel: Panel) -> Iterator[str]:
    defaults = panel["fieldConfig"]["defaults"]
    if not defaults.get("noValue", "").strip():
        yield "no text for no data"
    if not defaults.get("thresholds"):
        yield "no thresholds"
    headings = (WHEN_RED.en, WHEN_RED.vi)
    parts = re.split("|".join(map(re.escape, headings)), panel.get("description", ""))
    if len(parts) != len(headings) or any(len(part.strip()) < _LEAST for part in parts):
        yield "no description that says what it shows, and what to do when it is red"


def _units(panel: Panel) -> Iterator[str]:
    config = panel["fieldConfig"]
    if not config["defaults"].get("unit"):
        yield "no unit"
    own = {
        one["value"]
        for override in config["overrides"]
        for one in override["properties"]
        if one["id"] == "unit"
    }
    for unit in sorted(own | ({config["defaults"].get("unit")} - {None, ""})):
        if not is_unit(unit):
            yield f"unit {unit!r} is none of Grafana's that dashboards/units.py lists"
