"""What is checked of every dashboard before it is built: a sentence for each problem."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from dashboards.datasource import UID

_UID: Final = re.compile(r"[a-z0-9-]{1,40}")
_COLUMNS: Final = 24
_WITHOUT_DATA: Final = frozenset({"row", "text"})
_VARIABLE: Final = re.compile(r"\$\{?(\w+)")
_LINK: Final = re.compile(r"^/d/([a-z0-9-]+)")

Dashboard = Mapping[str, Any]


def problems(dashboards: Iterable[Dashboard]) -> list[str]:
    """Return what is wrong with dashboards that are to be in one Grafana."""
    listed = list(dashboards)
    found = [*_twice("uid", (one["uid"] for one in listed))]
    uids = {one["uid"] for one in listed}
    for dashboard in listed:
        own = (*_of_dashboard(dashboard), *_links(dashboard, uids))
        found += [f"{dashboard['uid']}: {problem}" for problem in own]
    return found


def _of_dashboard(dashboard: Dashboard) -> Iterator[str]:
    if not _UID.fullmatch(dashboard["uid"]):
        yield "a uid is of 1 to 40 characters a-z, 0-9 and hyphen"
    panels = dashboard["panels"]
    yield from _twice("panel id", (panel["id"] for panel in panels))
    yield from _twice("panel title", (p["title"] for p in panels if p["type"] != "row"))
    yield from _overlaps(panels)
    names = {variable["name"] for variable in dashboard["templating"]["list"]}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield from _source(f"variable {variable['name']}", variable)
        yield from _unknown(f"variable {variable['name']}", variable["query"], names)
    for one in dashboard["annotations"]["list"]:
        if "target" in one:
            yield from _source(f"annotation {one['name']}", one)
            yield from _unknown(f"annotation {one['name']}", one["target"]["rawSql"], names)
    for panel in panels:
        if panel["type"] not in _WITHOUT_DATA:
            yield from (f"{panel['title']}: {it}" for it in _of_panel(panel, names))


def _of_panel(panel: Mapping[str, Any], names: set[str]) -> Iterator[str]:
    defaults = panel["fieldConfig"]["defaults"]
    wanted = {"unit": "unit", "noValue": "text for no data", "thresholds": "thresholds"}
    yield from (f"no {what}" for key, what in wanted.items() if not defaults.get(key))
    if len(panel.get("description", "")) < 40:  # noqa: PLR2004 - shorter, it cannot say what to do
        yield "no description that says what to do"
    yield from _source("the panel", panel)
    yield from _twice("query letter", (target["refId"] for target in panel["targets"]))
    if not panel["targets"]:
        yield "no query"
    for target in panel["targets"]:
        yield from _source(f"query {target['refId']}", target)
        yield from _unknown(f"query {target['refId']}", target["rawSql"], names)


def _twice(what: str, values: Iterable[Any]) -> Iterator[str]:
    for value, times in Counter(values).items():
        if times > 1:
            yield f"{what} {value!r} is there {times} times"


def _source(what: str, holder: Mapping[str, Any]) -> Iterator[str]:
    uid = holder.get("datasource", {}).get("uid")
    if uid != UID:
        yield f"{what} asks the unknown data source {uid!r}"


def _unknown(what: str, sql: str, names: set[str]) -> Iterator[str]:
    for name in sorted(set(_VARIABLE.findall(sql))):
        if not name.startswith("__") and name not in names:
            yield f"{what} uses ${name}, which the board does not have"


def _overlaps(panels: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for panel in panels:
        place = panel["gridPos"]
        if place["x"] + place["w"] > _COLUMNS:
            yield f"{panel['title']}: reaches beyond the grid's {_COLUMNS} columns"
        cells = (
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
        others = {taken.setdefault(cell, panel["title"]) for cell in cells} - {panel["title"]}
        yield from (f"{panel['title']}: lies over {other}" for other in sorted(others))


def _links(dashboard: Dashboard, uids: set[str]) -> Iterator[str]:
    targets = {found[1] for url in _urls(dashboard) if (found := _LINK.match(url))}
    for target in sorted(targets - uids):
        yield f"links to {target}, which is no dashboard of ours"


def _urls(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON's values are anything
    if isinstance(value, Mapping):
        if isinstance(value.get("url"), str):
            yield value["url"]
        for one in value.values():
            yield from _urls(one)
    elif isinstance(value, list):
        for one in value:
            yield from _urls(one)
