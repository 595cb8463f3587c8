"""Asking what Grafana would ask: each query of a dashboard, expanded, on a real database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psycopg import AsyncConnection

from dashboards.board import Board
from dashboards.preview.asking import ask, open_screen
from dashboards.query import Shape
from dashboards.screen import Chosen, Screen
from dashboards.text import Language
from dashboards.time_range import TimeRange

RANGES: Final = {
    "6 hours": timedelta(hours=6),
    "2 days": timedelta(days=2),
    "8 days": timedelta(days=8),
}
"""Times on the screen; with a panel of 1000 points they reach each level of the roll-ups."""


_OPENED: Final[dict[tuple[str, str, timedelta], Screen]] = {}

TYPED: Final = {
    "incident": """
        SELECT incident_id FROM incidents JOIN incident_links USING (incident_id)
        WHERE status = 'open'
        ORDER BY onset_at DESC, incident_id LIMIT 1
    """,
}
"""What a reader types into a variable, as a query that finds it."""


@dataclass(frozen=True)
class Asked:
    """One query of one panel."""

    board: Board
    panel: Mapping[str, Any]
    sql: str
    shape: Shape

    @property
    def name(self) -> str:
        return f"{self.board.name}: {self.panel['title']}"


def panel_queries(board: Board, language: Language = Language.ENGLISH) -> Iterator[Asked]:
    for panel in board.dashboard(language)["panels"]:
        for target in panel.get("targets", ()):
            yield Asked(board, panel, target["rawSql"], Shape(target["format"]))


def range_of(span: timedelta) -> TimeRange:
    now = datetime.now(UTC)
    return TimeRange(now - span, now)


async def screen_of(
    connection: AsyncConnection, board: Board, span: timedelta, *, everything: bool = True
) -> Screen:
    """Return the screen as it is when a board is opened, or with the first of everything chosen."""
    key = (connection.info.dbname, board.name, span)
    if key not in _OPENED:
        # Hundreds of tests look at the same few screens.
        given = {name: str((await ask(connection, sql)).rows[0][0]) for name, sql in TYPED.items()}
        _OPENED[key] = await open_screen(connection, board, range_of(span), given)
    opened = _OPENED[key]
    if everything:
        return opened
    firsts = {
        name: Chosen(chosen.values[:1], several=chosen.several)
        for name, chosen in opened.chosen.items()
    }
    return replace(opened, chosen=firsts)
