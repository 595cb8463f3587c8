"""The proof of a board: each thing that Grafana asks for it is asked, and the answers looked at.

Panels, the choices of variables, and what is marked on time series: all run as Grafana would send
them, and each must give rows, in the shape that whoever draws them needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from psycopg import AsyncConnection, Error

from dashboards.board import Board
from dashboards.expand import expand
from dashboards.frames import Answer, make_frame, misfits
from dashboards.preview.asking import ask, open_screen
from dashboards.query import Shape
from dashboards.screen import Screen
from dashboards.text import Language, localise
from dashboards.variable import Variable
from tests.dashboards.asking import TYPED, panel_queries, range_of

FAILS: Final = "it fails"
"""Begins what is wrong with something that the database does not answer."""

_MARKED: Final = frozenset({"time", "timeend", "text", "tags"})
_OFFERED: Final = frozenset({"__value", "__text"})
_WORST: Final = {
    "incident": TYPED["incident"],
    "commune": """
        SELECT commune_code FROM village_spells JOIN villages USING (village_code)
        WHERE until IS NULL
        GROUP BY commune_code
        ORDER BY bool_or(state = 'maintenance') DESC, count(*) FILTER (WHERE state = 'dark') DESC,
            commune_code
        LIMIT 1
    """,
    "village": """
        SELECT village_code FROM village_spells AS s
        WHERE until IS NULL
        ORDER BY state = 'maintenance' AND since > now() - INTERVAL '12 hours' DESC,
            state = 'dark' DESC, village_code
        LIMIT 1
    """,
    "site": """
        SELECT root[1] FROM incidents WHERE root_kind = 'site' AND status = 'open'
        ORDER BY onset_at, incident_id LIMIT 1
    """,
}
"""What somebody would choose who looks for what is wrong, as a query that finds it."""


_NOTHING_WRONG: Final = {"pipeline: Accounts that do not add up"}
"""Has something to show only if ingest has an error."""
_AFTER_DAYS: Final = {"availability: Revisions": 5.0}
"""Books become final three days after their day; before that there is nothing to revise."""


def rightly_empty(name: str, days: float) -> bool:
    """Return whether something has nothing to show, on a past of so many days in which all is well.

    Args:
        name: of an `Asked`.
        days: that the past has.
    """
    return name in _NOTHING_WRONG or days < _AFTER_DAYS.get(name, 0)


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that Grafana asks for a board.

    Attributes:
        name: the board, and what of it.
        sql: as it is sent.
        panel: that is drawn by it; none: a variable or an annotation.
        shape: what is made of the rows.
        columns: that the answer has at the least.
    """

    name: str
    sql: str
    panel: dict[str, Any] | None = None
    shape: Shape = Shape.TABLE
    columns: frozenset[str] = frozenset()

    def problems(self, answer: Answer) -> list[str]:
        """Return what is wrong with an answer, a few words each."""
        if not answer.rows:
            return ["no rows"]
        missing = sorted(self.columns - set(answer.names))
        found = [f"no column {column}" for column in missing]
        frame = make_frame(answer, self.shape)
        if self.panel is not None:
            found += misfits(self.panel, frame)
            known = any(value is not None for field in frame for value in field.values)
            found += [] if known else ["nothing but nulls"]
        return found


def questions(board: Board, screen: Screen, language: Language = Language.ENGLISH) -> list[Asked]:
    """Return all that Grafana asks for a board with a screen."""
    return [
        *_choices(board, screen),
        *_panels(board, screen, language),
        *_marks(board, screen, language),
    ]


async def worst_screen(connection: AsyncConnection, board: Board, span: timedelta) -> Screen:
    """Return the screen of a board on which somebody looks at what is worst now."""
    given: dict[str, str] = {}
    for variable in board.variables:
        one = not (isinstance(variable, Variable) and variable.several)
        if one and variable.name in _WORST:
            found = await ask(connection, _WORST[variable.name])
            if found.rows:
                given[variable.name] = str(found.rows[0][0])
    return await open_screen(connection, board, range_of(span), given)


def _choices(board: Board, screen: Screen) -> Iterator[Asked]:
    for variable in board.variables:
        if isinstance(variable, Variable):
            sql = expand(variable.sql, screen)
            yield Asked(f"{board.name}: ${variable.name}", sql, columns=_OFFERED)


def _panels(board: Board, screen: Screen, language: Language) -> Iterator[Asked]:
    # Called by their English names in either language.
    for named, asked in zip(panel_queries(board), panel_queries(board, language), strict=True):
        yield Asked(named.name, expand(asked.sql, screen), dict(asked.panel), asked.shape)


def _marks(board: Board, screen: Screen, language: Language) -> Iterator[Asked]:
    for annotation in board.annotations:
        model = localise(annotation.model(), language)
        sql = expand(model["target"]["rawSql"], screen)
        yield Asked(f"{board.name}: marked {annotation.name.en}", sql, columns=_MARKED)


async def prove(connection: AsyncConnection, asked: Asked) -> list[str]:
    """Ask, and return what is wrong with the answer; of one that fails, that alone.

    Args:
        connection: in no transaction.
        asked: what is asked.
    """
    try:
        answer = await ask(connection, asked.sql)
    except Error as error:
        return [f"{FAILS}: {error}".splitlines()[0]]
    return asked.problems(answer)
