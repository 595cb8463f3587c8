"""What the database is asked for: rows of three relations as one stream, in the order received."""

from collections.abc import Sequence
from typing import Final, LiteralString

from psycopg import sql

LINK, SENSOR, PRESENCE = 0, 1, 2
"""What a row is: a link report, the readings of one report of a sensor, or a presence event."""

AT, SOURCE, DEVICE, BOOT, SEQ, BACKFILL = range(6)
INTERVAL, LOSS, ON_BATTERY, DIGEST, WORD, OBSERVED, METRICS, VALUES, FIRST_EXTRA = range(6, 15)
"""Columns of the stream's rows; instants are seconds since 1970."""

PUNCTUAL: Final[LiteralString] = """
    received_at >= %(from)s AND received_at < %(until)s
    AND observed_at >= received_at - %(lag)s
    AND observed_at >= %(from)s - %(lag)s AND observed_at < %(until)s + %(lag)s
"""
"""Rows that came soon after they were observed. The bounds of `observed_at` are for chunks: in the
columnstore it alone says which rows need not be unpacked."""

LATE: Final[LiteralString] = """
    received_at >= %(from)s AND received_at < %(until)s
    AND observed_at < received_at - %(lag)s AND observed_at >= %(from)s - %(oldest)s
"""
"""All others. Few, and from chunks of many days: asked for once for a long stretch."""

# A digest only ever tells whether a device repeats itself, which those with probes never do.
_STREAM: Final[LiteralString] = """
    SELECT extract(epoch FROM received_at)::float8 AS at, 0::int4 AS source, device_id,
        boot_id, seq, backfill, interval_seconds::float8 AS interval,
        1 - probes_ok::float8 / nullif(probes_sent, 0) AS loss,
        power = 'battery' AS on_battery,
        CASE WHEN probes_sent > 0 THEN 0 ELSE hash_record_extended(
            (power, battery_percent, rtt_p50_ms, rtt_p95_ms, loss_percent, down_mbps, up_mbps,
                clients, signal_dbm, temperature_c), 0
        ) END AS digest,
        NULL::text AS word, extract(epoch FROM observed_at)::float8 AS observed,
        NULL::int2[] AS metrics, NULL::float8[] AS values {extras}
    FROM link_reports WHERE {which}
    UNION ALL
    SELECT extract(epoch FROM received_at)::float8, 1, device_id,
        0, 0, skew = 'backfill', NULL, NULL, NULL,
        bit_xor(hashfloat8extended(value, metric_id)),
        NULL, extract(epoch FROM observed_at)::float8,
        array_agg(metric_id ORDER BY metric_id) FILTER (WHERE metric_id = ANY (%(metrics)s)),
        array_agg(value ORDER BY metric_id) FILTER (WHERE metric_id = ANY (%(metrics)s)) {nothing}
    FROM sensor_readings WHERE {which}
    GROUP BY received_at, device_id, observed_at, skew
    UNION ALL
    SELECT extract(epoch FROM received_at)::float8, 2, device_id, boot_id, seq, false,
        NULL, NULL, NULL, 0,
        CASE reason WHEN 'shutdown' THEN 'goodbye' ELSE coalesce(reason, kind) END,
        extract(epoch FROM observed_at)::float8, NULL, NULL {nothing}
    FROM presence_events WHERE {which}
    ORDER BY at, device_id, source, boot_id, observed, seq
"""

EXTENT: Final[LiteralString] = """
    SELECT (SELECT min(observed_at) FROM link_reports), (SELECT max(observed_at) FROM link_reports)
"""
"""Between which times there are link reports at all."""


def stream(which: LiteralString, extras: Sequence[str] = ()) -> sql.Composed:
    """Return the statement for rows of the stream.

    Args:
        which: `PUNCTUAL` or `LATE`.
        extras: more columns of `link_reports`, as numbers; they follow the others.
    """
    column = sql.SQL(", {}::float8 AS {}")
    return sql.SQL(_STREAM).format(
        which=sql.SQL(which),
        extras=sql.Composed(
            [
                column.format(sql.Identifier(each), sql.Identifier(f"extra_{each}"))
                for each in extras
            ]
        ),
        nothing=sql.SQL(", NULL" * len(extras)),
    )
