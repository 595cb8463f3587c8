"""Interruptions: no line is drawn across one; what is counted was nothing then."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Final

import pytest
import pytest_asyncio
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.frames import Field, Kind, make_frame
from dashboards.preview.asking import ask
from tests.dashboards.asking import panel_queries, screen_of

pytestmark = pytest.mark.servers

MISSING: Final = (
    "DELETE FROM link_reports_1m WHERE bucket >= %(start)s AND bucket < %(end)s",
    "DELETE FROM link_reports_1h WHERE bucket >= %(start)s AND bucket < %(end)s",
    "DELETE FROM sensor_readings_1m WHERE bucket >= %(start)s AND bucket < %(end)s",
    "DELETE FROM sensor_readings_1h WHERE bucket >= %(start)s AND bucket < %(end)s",
    "DELETE FROM ingest_minutes WHERE minute >= %(start)s AND minute < %(end)s",
    "DELETE FROM ingest_queues WHERE minute >= %(start)s AND minute < %(end)s",
    "DELETE FROM incident_entries WHERE at >= %(start)s AND at < %(end)s",
    # Not deleted: the chosen one may be among them.
    """
    UPDATE incidents SET opened_at = opened_at - INTERVAL '1 day'
    WHERE opened_at >= %(start)s AND opened_at < %(end)s
    """,
    "DELETE FROM village_days WHERE day BETWEEN %(start)s::date - 4 AND %(start)s::date - 3",
)
"""An interruption of two hours, and of two days of the books."""

COUNTS: Final = {
    "incidents: Evidence: reports of its probes",
    "load: Alerts an hour",
    "load: Withheld an hour, by decision",
    "pipeline: Records: what became of them",
}
"""Charts of what is counted: without rows it was nothing."""

LASTING: Final = {"wall: Villages not served", "commune: Villages not served"}
"""Charts of spells: what holds lasts until the next one."""

CHARTS: Final = {
    asked.name: asked
    for board in all_boards()
    for asked in panel_queries(board)
    if asked.panel["type"] == "timeseries"
}

each_chart = pytest.mark.parametrize("name", CHARTS)


@pytest.fixture(scope="module")
def hole() -> tuple[datetime, datetime]:
    """Start and end of the interruption."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return hour - timedelta(hours=3), hour - timedelta(hours=1)


@pytest_asyncio.fixture
async def interrupted(
    changeable: AsyncConnection, hole: tuple[datetime, datetime]
) -> AsyncConnection:
    """A connection that alone sees the interruption."""
    start, end = hole
    for statement in MISSING:
        await changeable.execute(statement.encode(), {"start": start, "end": end})
    return changeable


async def chart(
    connection: AsyncConnection, name: str, span: timedelta
) -> tuple[list[datetime], list[Field]]:
    """Return the moments and the lines of a chart."""
    screen = await screen_of(connection, CHARTS[name].board, span)
    answer = await ask(connection, expand(CHARTS[name].sql, screen))
    frame = make_frame(answer, CHARTS[name].shape)
    (times,) = [field for field in frame if field.kind is Kind.TIME]
    return list(times.values), [field for field in frame if field.kind is Kind.NUMBER]


@each_chart
@pytest.mark.parametrize("hours", [6, 192])
async def test_moments_follow_each_other_evenly_whatever_is_missing(
    name: str, hours: int, interrupted: AsyncConnection
) -> None:
    moments, _ = await chart(interrupted, name, timedelta(hours=hours))
    steps = {after - before for before, after in pairwise(moments)}
    assert len(steps) <= 1, sorted(steps)


@pytest.mark.parametrize(
    "name", [name for name in CHARTS if name not in LASTING and "availability" not in name]
)
async def test_in_an_interruption_nothing_is_measured_and_the_count_is_nothing(
    name: str, interrupted: AsyncConnection, hole: tuple[datetime, datetime]
) -> None:
    moments, lines = await chart(interrupted, name, timedelta(hours=6))
    start, end = hole
    within = [place for place, moment in enumerate(moments) if start <= moment < end]
    assert within
    assert lines
    assert {line.values[place] for line in lines for place in within} == {
        0 if name in COUNTS else None
    }


async def test_evidence_begins_with_what_was_reported(as_grafana: AsyncConnection) -> None:
    _, lines = await chart(
        as_grafana, "incidents: Evidence: reports of its probes", timedelta(hours=6)
    )
    assert lines
    assert all(line.values[0] for line in lines)


async def test_a_day_without_a_book_is_a_gap(interrupted: AsyncConnection) -> None:
    _, lines = await chart(interrupted, "availability: B-SAIDI of each day", timedelta(days=8))
    known = [value is not None for value in lines[0].values]
    assert known[1:].count(False) == 2
    assert known[-1]
