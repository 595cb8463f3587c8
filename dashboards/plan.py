"""What a push would do: how each dashboard in a Grafana stands to what the boards give."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from dashboards.board import Board
from dashboards.client import Found, Grafana
from dashboards.differences import differences
from dashboards.text import Language

_MESSAGE: Final = "srepok build "


class Standing(StrEnum):
    """How a dashboard in a Grafana stands to ours."""

    MISSING = "missing"
    SAME = "same"
    OLDER = "older"
    """It is what we pushed before."""
    EDITED = "edited by hand"
    """Somebody else saved it since."""
    MOVED = "moved to another folder"
    """It is what we pushed, now or before, and lies elsewhere."""
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
        if self.found is None:
            return []
        lines = differences(self.found.dashboard, self.wanted.dashboard)
        if self.found.folder == self.wanted.folder_uid:
            return lines
        return [f"- folder: {self.found.folder}", f"+ folder: {self.wanted.folder_uid}", *lines]


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
    if not is_ours(found):
        return Standing.EDITED
    if found.folder != wanted.folder_uid:
        return Standing.MOVED
    return Standing.SAME if found.message == wanted.message else Standing.OLDER


def is_ours(found: Found) -> bool:
    """Return whether a push saved the newest version of a dashboard."""
    return found.message.startswith(_MESSAGE)
