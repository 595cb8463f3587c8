"""How a dashboard in a Grafana differs from ours, so that a person can read it.

Panels, variables and queries are found by what they are called, not by their place in a list: where
one panel was taken out, the others are still the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_NOT_OURS: Final = frozenset({"id", "version"})
"""Keys that a Grafana fills in."""

_NAMES: Final = ("refId", "name", "uid", "id", "title")
"""What tells members of a list apart, the first that all of them have."""

_NOTHING: Final = object()

Json = Mapping[str, Any]


def differences(there: Json, ours: Json) -> list[str]:
    """Return what differs, a line each: `-` as it is, `+` as it should be.

    The dashboard's own settings come first, then whole panels, variables and marks that are
    missing or too many, then what differs within those.
    """
    heads = [_head(there), _head(ours)]
    whole: list[str] = []
    within: list[str] = []
    for what, key in (("variable", "name"), ("annotation", "name"), ("panel", "id")):
        have, want = _listed(there, what, key), _listed(ours, what, key)
        whole += [f'+ {what} "{_title(one)}": is not there' for one in _only(want, have)]
        whole += [f'- {what} "{_title(one)}": is none of ours' for one in _only(have, want)]
        within += [
            f'{line[0]} {what} "{_title(want[key])}": {line[2:]}'
            for key in want
            if key in have
            for line in _compare("", have[key], want[key])
        ]
    return [*_compare("", *heads), *whole, *within]


def _head(dashboard: Json) -> dict[str, Any]:
    """Return the dashboard without what is compared one by one."""
    apart = {"panels", "templating", "annotations", *_NOT_OURS}
    return {key: value for key, value in dashboard.items() if key not in apart}


def _listed(dashboard: Json, what: str, key: str) -> dict[Any, Json]:
    if what == "variable":
        members = dashboard.get("templating", {}).get("list", ())
    elif what == "annotation":
        members = dashboard.get("annotations", {}).get("list", ())
    else:
        members = [*_opened(dashboard.get("panels", ()))]
    return {one.get(key, place): one for place, one in enumerate(members)}


def _opened(panels: Sequence[Json]) -> Iterator[Json]:
    """Yield all panels; a row that somebody closed has its own inside of it."""
    for panel in panels:
        yield {key: value for key, value in panel.items() if key != "panels"}
        yield from panel.get("panels", ())


def _only(some: Mapping[Any, Json], others: Mapping[Any, Json]) -> list[Json]:
    return [one for key, one in some.items() if key not in others]


def _title(one: Json) -> str:
    return str(one.get("title") or one.get("name") or one.get("id"))


def _compare(path: str, there: Any, ours: Any) -> Iterator[str]:  # noqa: ANN401 - JSON's values
    if there == ours:
        return
    if isinstance(there, Mapping) and isinstance(ours, Mapping):
        for key in sorted(there.keys() | ours.keys()):
            place = f"{path}.{key}" if path else key
            yield from _compare(place, there.get(key, _NOTHING), ours.get(key, _NOTHING))
    elif isinstance(there, list) and isinstance(ours, list):
        yield from _compare_lists(path, there, ours)
    else:
        for sign, value in (("-", there), ("+", ours)):
            if value is not _NOTHING:
                yield f"{sign} {path}: {json.dumps(value, ensure_ascii=False)}"


def _compare_lists(path: str, there: list[Any], ours: list[Any]) -> Iterator[str]:
    name = _name_of([*there, *ours])
    have, want = _by_name(there, name), _by_name(ours, name)
    if have.keys() == want.keys() and have == want:
        yield f"- {path}: in another order"
    for key in dict.fromkeys([*want, *have]):
        yield from _compare(f"{path}[{key}]", have.get(key, _NOTHING), want.get(key, _NOTHING))


def _name_of(members: list[Any]) -> str | None:
    """Return the key that tells the members apart; none: their places do."""
    for name in _NAMES:
        if all(isinstance(one, Mapping) and one.get(name) for one in members):
            return name
    return None


def _by_name(members: list[Any], name: str | None) -> dict[Any, Any]:
    named = {one[name] if name else place: one for place, one in enumerate(members)}
    # Two of one name: their places tell them apart after all.
    return named if len(named) == len(members) else dict(enumerate(members))
