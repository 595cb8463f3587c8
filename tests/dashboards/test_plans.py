"""What the queries read: roll-ups that fit the time on the screen, never the rows as they came."""

from datetime import timedelta
from typing import Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from tests.dashboards.asking import panel_queries, screen_of
from tests.dashboards.plans import BOUNDED, DAYS, HOURS, MINUTES, RAW, relations_of

pytestmark = pytest.mark.servers

QUERIES: Final = {asked.name: asked for board in all_boards() for asked in panel_queries(board)}

each_query = pytest.mark.parametrize("name", QUERIES)


async def read_by(connection: AsyncConnection, name: str, span: timedelta) -> set[str]:
    """Return the relations that a query reads."""
    asked = QUERIES[name]
    screen = await screen_of(connection, asked.board, span)
    return await relations_of(connection, expand(asked.sql, screen))


@each_query
async def test_no_query_reads_the_rows_as_they_came(name: str, as_grafana: AsyncConnection) -> None:
    assert not RAW & await read_by(as_grafana, name, timedelta(hours=6))


@each_query
async def test_over_a_month_no_query_reads_minutes(name: str, as_grafana: AsyncConnection) -> None:
    read = await read_by(as_grafana, name, timedelta(days=31))
    assert name in BOUNDED or not (RAW | MINUTES) & read


@each_query
async def test_over_years_no_query_reads_hours(name: str, as_grafana: AsyncConnection) -> None:
    read = await read_by(as_grafana, name, timedelta(days=4000))
    assert name in BOUNDED or not (RAW | MINUTES | HOURS) & read


async def test_the_lines_of_a_village_come_from_the_level_that_fits(
    as_grafana: AsyncConnection,
) -> None:
    # Else the two tests before would pass on queries that read nothing at all.
    levels = {
        timedelta(hours=6): "link_reports_1m",
        timedelta(days=7.5): "link_reports_1m",
        timedelta(days=31): "link_reports_1h",
        timedelta(days=4000): "link_reports_1d",
    }
    for span, level in levels.items():
        read = await read_by(as_grafana, "village: Round trip", span)
        assert read & (MINUTES | HOURS | DAYS) == {level}, span
