"""What a reader chooses: each board answers for that and for nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.preview.asking import ask
from dashboards.screen import Chosen
from tests.dashboards.asking import panel_queries, screen_of

pytestmark = pytest.mark.servers

BOARDS: Final = {board.name: board for board in all_boards()}
SPAN: Final = timedelta(days=2)


async def asked(
    connection: AsyncConnection, board: str, sql: str, **chosen: str
) -> list[dict[str, Any]]:
    """Return the answer to a query of a board with some values chosen."""
    screen = await screen_of(connection, BOARDS[board], SPAN)
    values = {name: Chosen((value,), several=True) for name, value in chosen.items()}
    answer = await ask(connection, expand(sql, replace(screen, chosen={**screen.chosen, **values})))
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


def panel_sql(board: str, title: str) -> str:
    (sql,) = [one.sql for one in panel_queries(BOARDS[board]) if one.name == f"{board}: {title}"]
    return sql


async def commune_with_an_alert(connection: AsyncConnection) -> str:
    answer = await ask(
        connection, "SELECT communes[1] FROM incidents WHERE class <> 'sensor' ORDER BY 1 LIMIT 1"
    )
    return str(answer.rows[0][0])


LOAD: Final = ("Storm factor", "Withheld an hour, by decision", "Notices, by receiver")


@pytest.mark.parametrize("title", LOAD)
async def test_alarm_load_counts_nothing_of_a_commune_without_incidents(
    title: str, changeable: AsyncConnection
) -> None:
    commune = await commune_with_an_alert(changeable)
    sql = panel_sql("load", title)
    assert await asked(changeable, "load", sql, commune=commune)
    await changeable.execute(
        b"UPDATE incidents SET communes = array_remove(communes, %(commune)s::text)",
        {"commune": commune},
    )
    rows = await asked(changeable, "load", sql, commune=commune)
    assert {value for row in rows for value in row.values()} <= {None}


@pytest.mark.parametrize("title", LOAD)
async def test_alarm_load_of_the_province_has_what_is_no_incidents_too(
    title: str, changeable: AsyncConnection
) -> None:
    sql = panel_sql("load", title)
    before = await asked(changeable, "load", sql)
    await changeable.execute(b"UPDATE incident_entries SET incident_id = 'elsewhere'")
    await changeable.execute(b"UPDATE notifications SET incident_ids = '{}'")
    assert await asked(changeable, "load", sql) == before
