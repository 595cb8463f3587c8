"""What is checked of every dashboard before it is built: a sentence for each problem."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dashboards.panel_lints import panel_problems, source_problems, twice, unknown_variables

_UID: Final = re.compile(r"[a-z0-9-]{1,40}")
_COLUMNS: Final = 24
_WITHOUT_DATA: Final = frozenset({"row", "text"})
_OVER_TIME: Final = frozenset({"timeseries", "state-timeline"})
_LINK: Final = re.compile(r"^/d/([a-z0-9-]+)")
_CHOICE: Final = re.compile(r"[?&]var-(\w+)=")
_FILLED_IN: Final = re.compile(r"\$\{([^}]*)\}")
_FIELD: Final = "__data.fields."
_OF_GRAFANA: Final = frozenset({"__url_time_range", "__all_variables", "__value.raw"})
"""What Grafana itself fills in on a link."""

Dashboard = Mapping[str, Any]


def problems(dashboards: Mapping[Path, Dashboard]) -> list[str]:
    """Return what is wrong with dashboards that are to be in one Grafana.

    Args:
        dashboards: each by its path, as `build.dashboard_files` returns them: its directory is
            its folder.
    """
    listed = list(dashboards.values())
    found = [*twice("uid", (one["uid"] for one in listed))]
    places = ((path.parent.name, one["title"]) for path, one in dashboards.items())
    found += twice("of one folder, the title", places)
    variables = {one["uid"]: _names(one) for one in listed}
    for dashboard in listed:
        own = (*_of_dashboard(dashboard), *_links(dashboard, variables))
        found += [f"{dashboard['uid']}: {problem}" for problem in own]
    return found


def _names(dashboard: Dashboard) -> set[str]:
    return {variable["name"] for variable in dashboard["templating"]["list"]}


def _of_dashboard(dashboard: Dashboard) -> Iterator[str]:
    if not _UID.fullmatch(dashboard["uid"]):
        yield "a uid is of 1 to 40 characters a-z, 0-9 and hyphen"
    panels = dashboard["panels"]
    yield from twice("panel id", (panel["id"] for panel in panels))
    yield from twice("panel title", (p["title"] for p in panels if p["type"] != "row"))
    yield from _overlaps(panels)
    names = _names(dashboard)
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield from source_problems(f"variable {variable['name']}", variable)
        yield from unknown_variables(f"variable {variable['name']}", variable["query"], names)
    yield from _marks(dashboard, names)
    for panel in panels:
        if panel["type"] not in _WITHOUT_DATA:
            yield from (f"{panel['title']}: {it}" for it in panel_problems(panel, names))
        for text in (panel["title"], panel.get("description", "")):
            yield from unknown_variables(f"{panel['title']}: its text", text, names)


def _marks(dashboard: Dashboard, names: set[str]) -> Iterator[str]:
    marks = [one for one in dashboard["annotations"]["list"] if "target" in one]
    over_time = any(panel["type"] in _OVER_TIME for panel in dashboard["panels"])
    if over_time and not any(mark["enable"] for mark in marks):
        yield "nothing is marked on its time series: no annotations"
    for mark in marks:
        yield from source_problems(f"annotation {mark['name']}", mark)
        yield from unknown_variables(f"annotation {mark['name']}", mark["target"]["rawSql"], names)


def _overlaps(panels: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    taken: dict[tuple[int, int], str] = {}
    for panel in panels:
        place = panel["gridPos"]
        if min(place["x"], place["y"]) < 0 or min(place["w"], place["h"]) < 1:
            yield f"{panel['title']}: lies outside of the grid"
        if place["x"] + place["w"] > _COLUMNS:
            yield f"{panel['title']}: reaches beyond the grid's {_COLUMNS} columns"
        cells = (
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
        others = {taken.setdefault(cell, panel["title"]) for cell in cells} - {panel["title"]}
        yield from (f"{panel['title']}: lies over {other}" for other in sorted(others))


def _links(dashboard: Dashboard, variables: Mapping[str, set[str]]) -> Iterator[str]:
    own = variables[dashboard["uid"]]
    for holder in ({"links": dashboard["links"]}, *dashboard["panels"]):
        asked = " ".join(target["rawSql"] for target in holder.get("targets", ()))
        for url in sorted(set(_urls(holder))):
            yield from _target(url, variables)
            for name in _FILLED_IN.findall(url):
                if not _is_filled_in(name, own, asked):
                    yield f"the link {url} has ${{{name}}}, which nothing fills in"


def _target(url: str, variables: Mapping[str, set[str]]) -> Iterator[str]:
    found = _LINK.match(url)
    if found is None:
        return
    if found[1] not in variables:
        yield f"links to {found[1]}, which is no dashboard of ours"
        return
    for name in sorted(set(_CHOICE.findall(url)) - variables[found[1]]):
        yield f"the link {url} chooses {name}, which {found[1]} does not have"


def _is_filled_in(name: str, variables: set[str], asked: str) -> bool:
    if name.startswith(_FIELD):
        # A column of the query, by the name that the query gives it.
        return re.search(rf"\b{re.escape(name.removeprefix(_FIELD))}\b", asked) is not None
    return name in _OF_GRAFANA or name.partition(":")[0] in variables


def _urls(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON's values are anything
    if isinstance(value, Mapping):
        if isinstance(value.get("url"), str):
            yield value["url"]
        for one in value.values():
            yield from _urls(one)
    elif isinstance(value, list):
        for one in value:
            yield from _urls(one)
