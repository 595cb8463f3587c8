"""What boards are tested on: rows that are invented as devices send them fit the tables."""

import pytest
from psycopg import AsyncConnection

from tests.dashboards.fill import VARIETIES, varieties_sql
from tests.dashboards.raw import insert_raw

pytestmark = pytest.mark.servers


async def test_rows_are_there_each_hour_and_lately_each_minute(
    stocked_url: str, connection: AsyncConnection
) -> None:
    del stocked_url  # has the inventory
    await insert_raw(connection, days=2, minute_days=0.1, varieties=varieties_sql())
    cursor = await connection.execute("""
        SELECT count(DISTINCT date_trunc('hour', observed_at)),
            count(DISTINCT observed_at) FILTER (WHERE observed_at > now() - INTERVAL '2 hours')
        FROM link_reports
    """)
    hours, minutes = await cursor.fetchone() or (0, 0)
    assert hours >= 48
    assert minutes >= 120
    cursor = await connection.execute(
        "SELECT DISTINCT metric FROM sensor_readings JOIN metrics USING (metric_id)"
    )
    measured = {metric for (metric,) in await cursor.fetchall()}
    assert measured
    assert measured <= {metric for _, metric, _, _ in VARIETIES}
