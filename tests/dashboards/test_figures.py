"""The figures of *Availability* are those that `python -m rules report` gives of the same days."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.preview.asking import ask
from dashboards.text import Language
from rules.books.days import day_of
from rules.books.figures import Book
from rules.books.report import Line, Request, load_report
from tests.dashboards.asking import screen_of

pytestmark = pytest.mark.servers

SPAN: Final = timedelta(days=6)
(BOARD,) = [board for board in all_boards() if board.name == "availability"]


async def shown(connection: AsyncConnection, title: str) -> list[dict[str, Any]]:
    """Return the rows of a table of the board."""
    screen = await screen_of(connection, BOARD, SPAN)
    panels = BOARD.dashboard(Language.ENGLISH)["panels"]
    (panel,) = [panel for panel in panels if panel["title"] == title]
    answer = await ask(connection, expand(panel["targets"][0]["rawSql"], screen))
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


async def reported(connection: AsyncConnection, by: str) -> list[Line]:
    """Return the lines of the report of the days that the board's time touches."""
    now = datetime.now(UTC)
    first, last = (day_of(int(moment.timestamp())) for moment in (now - SPAN, now))
    report = await load_report(connection, Request(first, last, by), now)
    return list(report.rows)


def agree(row: dict[str, Any], line: Line) -> None:
    gross, net, network = (line.figures.books[book] for book in Book)
    assert float(row["gross_percent"]) == pytest.approx(100 * gross.availability.least)
    assert float(row["net_percent"]) == pytest.approx(100 * net.availability.least)
    assert float(row["network_percent"]) == pytest.approx(100 * network.availability.least)
    assert float(row["saidi"]) == pytest.approx(gross.saidi.least)
    assert float(row["saifi"]) == pytest.approx(gross.saifi)
    assert float(row["caidi"]) == pytest.approx(gross.caidi)
    assert float(row["observed_percent"]) == pytest.approx(100 * line.figures.observed)


async def test_of_each_commune(as_grafana: AsyncConnection) -> None:
    rows = {
        row["commune_code"]: row for row in await shown(as_grafana, "Communes, the worst first")
    }
    lines = await reported(as_grafana, "commune")
    assert len(rows) == len(lines) > 1
    for line in lines:
        agree(rows[line.code], line)
    assert len({row["saidi"] for row in rows.values()}) > 1


async def test_of_each_operator(as_grafana: AsyncConnection) -> None:
    rows = {row["operator"]: row for row in await shown(as_grafana, "Operators")}
    lines = await reported(as_grafana, "operator")
    assert len(rows) == len(lines) > 1
    for line in lines:
        agree(rows[line.name], line)


async def test_of_each_village(as_grafana: AsyncConnection) -> None:
    rows = {
        row["village_code"]: row for row in await shown(as_grafana, "Villages, the worst hundred")
    }
    lines = await reported(as_grafana, "village")
    assert len(rows) == len(lines) > 1
    for line in lines:
        agree(rows[line.code], line)
