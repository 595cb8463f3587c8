"""The tables of docs/scenarios.md, made from the models and the library, so that they stay true."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulators.scenarios.faults import KINDS
from simulators.scenarios.happening import Happening
from simulators.scenarios.model import Conditions, Scenario
from simulators.scenarios.reader import load_scenario, scenario_names
from simulators.scenarios.target import DEVICES, NETWORK, PLACES, POWER, Target
from simulators.scenarios.words import default_words, meanings, summary, value_words

_BLOCK: Final = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_SHOWN_ELSEWHERE: Final = frozenset({*Happening.model_fields, "fault", "target"})
_GROUPS: Final = {
    "network nodes": NETWORK,
    "power nodes": POWER,
    "links, villages": PLACES,
    "devices": DEVICES,
}


def fill_tables(text: str) -> str:
    """Return a document with the table between each pair of markers made anew.

    Raises:
        KeyError: a marker names no table.
    """

    def fill(block: re.Match[str]) -> str:
        lines = "".join(f"{line}\n" for line in TABLES[block[2]]())
        return f"{block[1]}\n{lines}\n{block[3]}"

    return _BLOCK.sub(fill, text)


def _scenario_keys() -> Iterator[str]:
    return _keys(Scenario, without={"name"})


def _condition_keys() -> Iterator[str]:
    return _keys(Conditions)


def _target_keys() -> Iterator[str]:
    return _keys(Target)


def _common_keys() -> Iterator[str]:
    return _keys(Happening)


def _kinds() -> Iterator[str]:
    rows = []
    for name, kind in KINDS.items():
        groups = [group for group, kinds in _GROUPS.items() if kinds <= kind.hits]
        hits = ", ".join(groups or sorted(kind.hits)) or "-"
        rows.append((f"`{name}`", summary(kind), hits, f"`{kind.usual}`"))
    return _table(("fault", "what happens", "hits", "expected"), rows)


def _kind_keys() -> Iterator[str]:
    rows = [
        (f"`{name}`", *_key(key, field, meanings(kind)))
        for name, kind in KINDS.items()
        for key, field in kind.model_fields.items()
        if key not in _SHOWN_ELSEWHERE
    ]
    return _table(("fault", "key", "value", "default", "meaning"), rows)


def _library() -> Iterator[str]:
    rows = []
    for name in scenario_names():
        scenario = load_scenario(name)
        number = str(scenario.number or "-")
        texts = (scenario.story, scenario.truth, scenario.expected)
        rows.append((number, f"`{name}`", *texts))
    return _table(("number", "name", "injected", "true", "expected"), rows)


def _kalmaegi() -> Iterator[str]:
    rows = []
    for fault in load_scenario("kalmaegi-2025").faults:
        fact, _, invented = fault.text.rpartition("invented: ")
        rows.append((f"`{fault.name}`", fact.rstrip("; ") or "-", invented))
    return _table(("fault", "fact", "invented"), rows)


TABLES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "scenario-keys": _scenario_keys,
    "condition-keys": _condition_keys,
    "target-keys": _target_keys,
    "common-keys": _common_keys,
    "kinds": _kinds,
    "kind-keys": _kind_keys,
    "library": _library,
    "kalmaegi": _kalmaegi,
}
"""What makes the lines of each table."""


def _keys(model: type[BaseModel], without: Collection[str] = ()) -> Iterator[str]:
    rows = [
        _key(name, field, meanings(model))
        for name, field in model.model_fields.items()
        if name not in without
    ]
    return _table(("key", "value", "default", "meaning"), rows)


def _key(name: str, field: FieldInfo, about: Mapping[str, str]) -> tuple[str, str, str, str]:
    return f"`{name}`", value_words(field), default_words(field), about[name]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
