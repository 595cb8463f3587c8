"""Invented rows as devices send them, for an edition whose roll-ups nobody may write into.

They are those of which `fill.py` writes the roll-ups: one an hour, and one a minute lately.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from tests.dashboards.aggregates import refresh_aggregates

_MOMENTS: Final = """
    SELECT at FROM generate_series(
        date_trunc('day', now() - INTERVAL '{days} days'), now(), INTERVAL '1 hour'
    ) AS at
    UNION
    SELECT at FROM generate_series(
        date_trunc('minute', now() - INTERVAL '{minute_days} days'), now(), INTERVAL '1 minute'
    ) AS at
"""

_LINKS: Final = """
    INSERT INTO link_reports (
        device_id, observed_at, boot_id, seq, received_at, interval_seconds, skew, backfill, power,
        battery_percent, probes_sent, probes_ok, rtt_p50_ms, rtt_p95_ms, loss_percent, down_mbps,
        up_mbps, clients, signal_dbm, temperature_c
    )
    SELECT device_id, at, 1, extract(epoch FROM at)::bigint, at, 30, 'ok', false,
        CASE WHEN weak THEN 'battery' ELSE 'mains' END, CASE WHEN weak THEN 55 ELSE 99 END, 20, 19,
        24 + 6 * wave, 60 + 20 * wave, CASE WHEN weak THEN 12 ELSE 0.4 END, 40 + 25 * wave,
        9 + 5 * wave, 80 + 40 * wave, -78 - 4 * wave, 34 + 6 * wave
    FROM devices
    CROSS JOIN LATERAL (
        SELECT at, sin(extract(epoch FROM at) / 13750 + device_id) AS wave,
            (device_id + extract(epoch FROM at)::bigint / 86400) % 23 = 0 AS weak
        FROM ({moments}) AS moments
    ) AS moments
    WHERE kind IN ('link_probe', 'base_station') AND device_id % 29 <> 0
"""

_SENSORS: Final = """
    INSERT INTO sensor_readings (device_id, metric_id, observed_at, received_at, value, skew)
    SELECT device_id, metric_id, at, at,
        middle + spread * sin(extract(epoch FROM at) / 13750 + device_id), 'ok'
    FROM devices
    JOIN (VALUES {varieties}) AS v (variety, metric, middle, spread)
        ON variety = regexp_replace(device_code, '^.*-', '')
    JOIN metrics USING (metric)
    CROSS JOIN ({moments}) AS moments
    WHERE kind = 'sensor'
"""


async def fill_raw(owner: AsyncConnection, days: float, minute_days: float, varieties: str) -> None:
    """Insert rows, and have the Community edition compute roll-ups of them."""
    await insert_raw(owner, days, minute_days, varieties)
    now = datetime.now(UTC)
    await refresh_aggregates(owner, now - timedelta(days=days + 2), now + timedelta(days=1))


async def insert_raw(
    owner: AsyncConnection, days: float, minute_days: float, varieties: str
) -> None:
    """Insert rows as devices send them.

    Args:
        owner: of everything.
        days: how far back there is a row an hour.
        minute_days: how far back there is one a minute.
        varieties: of sensors, as rows of SQL: variety, metric, middle, spread.
    """
    moments = _MOMENTS.format(days=days, minute_days=minute_days)
    for statement in (_LINKS, _SENSORS):
        filled = statement.format(moments=moments, varieties=varieties)
        await owner.execute(filled.encode())
