"""Reports: what a device measured, as it stands in a telemetry payload.

A payload is one report or an array of reports. Every report has the same envelope; its
`values` are the fixed link fields for a device that watches links, and metrics of the
catalogue (province/metrics.csv) for any device.
"""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from province.instants import Instant

_STRICT: Final = ConfigDict(strict=True, frozen=True, allow_inf_nan=False)

INT32: Final = 2**31 - 1
INT64: Final = 2**63 - 1

Counter = Annotated[int, Field(ge=0, le=INT64)]
"""A whole number that fits a PostgreSQL bigint."""
Count = Annotated[int, Field(ge=0, le=INT32)]
"""A whole number that fits a PostgreSQL integer."""
Milliseconds = Annotated[float, Field(ge=0, le=3_600_000)]
Percent = Annotated[float, Field(ge=0, le=100)]
MegabitsPerSecond = Annotated[float, Field(ge=0, le=1_000_000)]
Seconds = Annotated[float, Field(ge=0, le=1e10)]


class LinkValues(BaseModel):
    """The fixed values of a device that watches a link or a base station; all optional.

    Further keys are kept aside in `model_extra`: they are metrics of the catalogue.
    """

    model_config = _STRICT | ConfigDict(extra="allow")

    power: Literal["mains", "battery"] | None = None
    battery_percent: Percent | None = None
    probes_sent: Count | None = None
    probes_ok: Count | None = None
    rtt_p50_ms: Milliseconds | None = None
    rtt_p95_ms: Milliseconds | None = None
    loss_percent: Percent | None = None
    down_mbps: MegabitsPerSecond | None = None
    up_mbps: MegabitsPerSecond | None = None
    clients: Count | None = None
    signal_dbm: Annotated[float, Field(ge=-200, le=50)] | None = None
    temperature_c: Annotated[float, Field(ge=-60, le=150)] | None = None


class Envelope(BaseModel):
    """What every report carries besides its values.

    `(boot_id, seq)` orders a device's reports and tells a repeat from a new one; the clock
    does neither.
    """

    model_config = _STRICT | ConfigDict(extra="forbid")

    observed_at: Instant
    boot_id: Counter
    seq: Counter
    uptime_s: Seconds | None = None
    interval_s: Annotated[float, Field(gt=0, le=86_400)] | None = None
    backfill: bool = False
    config_rev: Count | None = None


class LinkReport(Envelope):
    """One report of a device that watches a link or a base station."""

    values: LinkValues


class SensorReport(Envelope):
    """One report of a city sensor: metric codes and numbers, judged against the catalogue."""

    values: dict[str, Any]


LINK_VALUE_FIELDS: Final = tuple(LinkValues.model_fields)
"""The fixed link values, in the order of the `link_reports` columns."""
