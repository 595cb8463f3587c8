"""Rows: the tuples that go into the hypertables, and their columns, side by side."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Final, LiteralString

from ingest.batch import Row
from ingest.instants import Placed
from province.reports import LinkReport, LinkValues

Columns = Sequence[tuple[LiteralString, LiteralString]]
"""Names and types of columns, in the order of their rows' values."""

LINK_VALUE_COLUMNS: Final = (
    ("power", "text"),
    ("battery_percent", "float4"),
    ("probes_sent", "int4"),
    ("probes_ok", "int4"),
    ("rtt_p50_ms", "float4"),
    ("rtt_p95_ms", "float4"),
    ("loss_percent", "float4"),
    ("down_mbps", "float4"),
    ("up_mbps", "float4"),
    ("clients", "int4"),
    ("signal_dbm", "float4"),
    ("temperature_c", "float4"),
)
"""The measurements among the columns of `link_reports`, and of `device_states`."""

LINK_COLUMNS: Final = (
    ("device_id", "int4"),
    ("observed_at", "timestamptz"),
    ("boot_id", "int8"),
    ("seq", "int8"),
    ("received_at", "timestamptz"),
    ("device_time", "timestamptz"),
    ("skew", "text"),
    ("backfill", "bool"),
    ("uptime_seconds", "float8"),
    ("interval_seconds", "float4"),
    ("config_rev", "int4"),
    *LINK_VALUE_COLUMNS,
)
"""Columns of `link_reports`, with the types they are staged in."""

READING_COLUMNS: Final = (
    ("device_id", "int4"),
    ("metric_id", "int2"),
    ("observed_at", "timestamptz"),
    ("received_at", "timestamptz"),
    ("device_time", "timestamptz"),
    ("skew", "text"),
    ("value", "float8"),
)
"""Columns of `sensor_readings`."""

PRESENCE_COLUMNS: Final = (
    ("device_id", "int4"),
    ("observed_at", "timestamptz"),
    ("boot_id", "int8"),
    ("seq", "int8"),
    ("kind", "text"),
    ("received_at", "timestamptz"),
    ("device_time", "timestamptz"),
    ("skew", "text"),
    ("reason", "text"),
    ("detail", "text"),
)
"""Columns of `presence_events`."""


_VALUES: Final[Callable[[LinkValues], Row]] = attrgetter(*(name for name, _ in LINK_VALUE_COLUMNS))


def claims(rows: Iterable[Row], columns: Columns) -> list[datetime]:
    """Return the time that a device claims of each row, wherever the row is kept."""
    names = [name for name, _ in columns]
    device_time, observed_at = names.index("device_time"), names.index("observed_at")
    return [row[device_time] or row[observed_at] for row in rows]


def link_row(device_id: int, report: LinkReport, placed: Placed, received_at: datetime) -> Row:
    """Return the row of one link report, in the order of `LINK_COLUMNS`."""
    return (
        device_id,
        placed.observed_at,
        report.boot_id,
        report.seq,
        received_at,
        placed.device_time,
        placed.skew,
        report.backfill,
        report.uptime_s,
        report.interval_s,
        report.config_rev,
        *_VALUES(report.values),
    )


def reading_row(
    device_id: int, metric_id: int, placed: Placed, received_at: datetime, value: float
) -> Row:
    """Return the row of one sensor reading, in the order of `READING_COLUMNS`."""
    return (
        device_id,
        metric_id,
        placed.observed_at,
        received_at,
        placed.device_time,
        placed.skew,
        value,
    )


def presence_row(
    device_id: int,
    placed: Placed,
    received_at: datetime,
    boot_id: int,
    seq: int,
    kind: str,
    reason: str | None,
    detail: str | None,
) -> Row:
    """Return the row of one presence event, in the order of `PRESENCE_COLUMNS`."""
    return (
        device_id,
        placed.observed_at,
        boot_id,
        seq,
        kind,
        received_at,
        placed.device_time,
        placed.skew,
        reason,
        detail,
    )
