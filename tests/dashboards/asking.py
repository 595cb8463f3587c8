"""Asking what Grafana would ask: each query of a dashboard, expanded, on a real database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psycopg import AsyncConnection

from dashboards.board import Board
from dashboards.expand import expand
from dashboards.frames import Answer
from dashboards.query import Shape
from dashboards.screen import Chosen, Screen
from dashboards.text import Language
from dashboards.time_range import TimeRange
from dashboards.variable import Fixed, Typed

RANGES: Final = {
    "6 hours": timedelta(hours=6),
    "2 days": timedelta(days=2),
    "8 days": timedelta(days=8),
}
"""Times on the screen; with a panel of 1000 points they reach each level of the roll-ups."""


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


async def ask(connection: AsyncConnection, sql: str) -> Answer:
    cursor = await connection.execute(sql.encode())
    names = [column.name for column in cursor.description or ()]
    return Answer(names, await cursor.fetchall())


async def screen_of(
    connection: AsyncConnection, board: Board, span: timedelta, *, everything: bool = True
) -> Screen:
    """Return the screen as it is when a board is opened, or with the first of everything chosen."""
    time = range_of(span)
    chosen: dict[str, Chosen] = {}
    for variable in board.variables:
        if isinstance(variable, Typed):
            answer = await ask(connection, TYPED[variable.name])
            chosen[variable.name] = Chosen((str(answer.rows[0][0]),), several=False)
            continue
        if isinstance(variable, Fixed):
            chosen[variable.name] = Chosen((variable.value,), several=False)
            continue
        asked = Screen(time, time.step(), chosen)
        answer = await ask(connection, expand(variable.sql, asked))
        values = [row[list(answer.names).index("__value")] for row in answer.rows]
        if variable.several and everything:
            chosen[variable.name] = Chosen(tuple(values), all_text=variable.model()["allValue"])
        else:
            chosen[variable.name] = Chosen((values[0],), several=variable.several)
    return Screen(time, time.step(least=timedelta(minutes=1)), chosen)
