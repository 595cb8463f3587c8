"""What a push would do: how each dashboard in a Grafana stands to what the boards give."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from dashboards.board import Board
from dashboards.client import Found, Grafana
from dashboards.text import Language

_MESSAGE: Final = "srepok build "
_NOT_OURS: Final = frozenset({"id", "version"})
"""Keys that a Grafana fills in."""


class Standing(StrEnum):
    """How a dashboard in a Grafana stands to ours."""

    MISSING = "missing"
    SAME = "same"
    OLDER = "older"
    """It is what we pushed before."""
    EDITED = "edited by hand"
    """Somebody else saved it since."""
    FROM_FILE = "from a file of the server"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A dashboard as it should be.

    Attributes:
        dashboard: its JSON.
        folder_uid: its folder.
        folder_title: the folder's title.
    """

    dashboard: Mapping[str, Any]
    folder_uid: str
    folder_title: str

    @property
    def uid(self) -> str:
        """Its uid."""
        return str(self.dashboard["uid"])

    @property
    def message(self) -> str:
        """What is said when it is saved: it tells later whether it is still ours, and which."""
        text = json.dumps(self.dashboard, sort_keys=True, ensure_ascii=False)
        return _MESSAGE + hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done about one dashboard.

    Attributes:
        wanted: as it should be.
        found: as it is; none: it is missing.
        standing: how the two stand.
    """

    wanted: Wanted
    found: Found | None
    standing: Standing

    @property
    def differences(self) -> list[str]:
        """What differs, a line each: `-` as it is, `+` as it should be."""
        there = dict(_leaves(self.found.dashboard)) if self.found else {}
        ours = dict(_leaves(self.wanted.dashboard))
        lines = []
        for path in sorted(there.keys() | ours.keys()):
            if there.get(path) != ours.get(path):
                lines += [f"- {path}: {there[path]}"] if path in there else []
                lines += [f"+ {path}: {ours[path]}"] if path in ours else []
        return lines


def wanted_of(boards: Iterable[Board]) -> list[Wanted]:
    """Return all dashboards of boards as they should be."""
    return [
        Wanted(
            board.dashboard(language), board.folder.uid(language), board.folder.title.of(language)
        )
        for board in boards
        for language in Language
    ]


async def make_plan(grafana: Grafana, wanted: Iterable[Wanted]) -> list[Step]:
    """Ask a Grafana for each dashboard and return how it stands."""
    steps = []
    for one in wanted:
        found = await grafana.find(one.uid)
        steps.append(Step(one, found, _standing(one, found)))
    return steps


def _standing(wanted: Wanted, found: Found | None) -> Standing:
    if found is None:
        return Standing.MISSING
    if found.provisioned:
        return Standing.FROM_FILE
    if not found.message.startswith(_MESSAGE):
        return Standing.EDITED
    return Standing.SAME if found.message == wanted.message else Standing.OLDER


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON's values
    if isinstance(value, Mapping):
        for key, one in value.items():
            if path or key not in _NOT_OURS:
                yield from _leaves(one, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _leaves(one, f"{path}[{number}]")
    else:
        yield path, json.dumps(value, ensure_ascii=False)
