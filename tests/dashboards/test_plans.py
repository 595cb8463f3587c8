"""What the queries read: roll-ups that fit the time on the screen, never the rows as they came."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.preview.asking import ask
from runtime.database import relations
from tests.dashboards.asking import panel_queries, screen_of

pytestmark = pytest.mark.servers

QUERIES: Final = {asked.name: asked for board in all_boards() for asked in panel_queries(board)}
RAW: Final = {relations.LINK_REPORTS, relations.SENSOR_READINGS}
MINUTES: Final = {"link_reports_1m", "sensor_readings_1m"}
HOURS: Final = {"link_reports_1h", "sensor_readings_1h"}
BOUNDED: Final = {
    "pipeline: Roll-ups behind",
    "city: Water against alarm levels",
    "city: Water level",
    "city: Rain of 24 hours",
    "city: PM2.5, mean of 24 hours",
    "incidents: Evidence: reports of its probes",
}
"""Panels that read finer levels on purpose, of a time of their own and not the screen's."""

each_query = pytest.mark.parametrize("name", QUERIES)


def relations_in(plan: Mapping[str, Any]) -> Iterator[str]:
    if "Relation Name" in plan:
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from relations_in(part)


async def read_by(connection: AsyncConnection, name: str, span: timedelta) -> set[str]:
    """Return the relations that a query reads; chunks under their hypertable's name."""
    asked = QUERIES[name]
    screen = await screen_of(connection, asked.board, span)
    answer = await ask(connection, f"EXPLAIN (FORMAT JSON) {expand(asked.sql, screen)}")
    (told,) = answer.rows[0]
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    chunks = await ask(
        connection, "SELECT chunk_name, hypertable_name FROM timescaledb_information.chunks"
    )
    owner = {str(chunk): str(hypertable) for chunk, hypertable in chunks.rows}
    return {owner.get(relation, relation) for relation in relations_in(plan)}


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
        assert read & {"link_reports_1m", "link_reports_1h", "link_reports_1d"} == {level}, span
