"""Asking a database what Grafana would ask it for a board."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from psycopg import AsyncConnection

from dashboards.board import Board
from dashboards.expand import expand
from dashboards.frames import Answer, Frame, make_frame
from dashboards.query import Shape
from dashboards.screen import Chosen, Screen
from dashboards.time_range import TimeRange
from dashboards.variable import Fixed, Typed

_LEAST: Final = timedelta(minutes=1)


async def ask(connection: AsyncConnection, sql: str) -> Answer:
    """Return the answer to one statement."""
    cursor = await connection.execute(sql.encode())
    names = [column.name for column in cursor.description or ()]
    return Answer(names, await cursor.fetchall())


async def open_screen(
    connection: AsyncConnection,
    board: Board,
    time: TimeRange,
    given: Mapping[str, str],
    points: int = 1_000,
) -> Screen:
    """Return the screen as it is when the board is opened.

    Args:
        connection: answers the queries of variables.
        board: the board.
        time: the time on the screen.
        given: values of variables that are not to be the first, or all.
        points: how many a chart has at the most.
    """
    chosen: dict[str, Chosen] = {}
    for variable in board.variables:
        if isinstance(variable, Fixed):
            chosen[variable.name] = Chosen((variable.value,), several=False)
        elif variable.name in given or isinstance(variable, Typed):
            several = not isinstance(variable, Typed) and variable.several
            chosen[variable.name] = Chosen((given.get(variable.name, ""),), several=several)
        else:
            asked = expand(variable.sql, Screen(time, time.step(points), chosen))
            answer = await ask(connection, asked)
            place = list(answer.names).index("__value")
            values = tuple(str(row[place]) for row in answer.rows)
            chosen[variable.name] = (
                Chosen(values, all_text=variable.model()["allValue"])
                if variable.several
                else Chosen(values[:1], several=False)
            )
    return Screen(time, time.step(points, least=_LEAST), chosen)


async def frame_of(connection: AsyncConnection, target: Mapping[str, Any], screen: Screen) -> Frame:
    """Return what a panel's query answers, as Grafana's data source hands it on."""
    answer = await ask(connection, expand(target["rawSql"], screen))
    return make_frame(answer, Shape(target["format"]))
