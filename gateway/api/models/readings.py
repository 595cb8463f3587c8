"""Readings of one device: as they came, or rolled up by minute, hour or local day."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, RootModel, model_validator

from gateway.api.models.places import ListQuestion
from gateway.api.values import Answer, Code, Count, Instant, Page


class Resolution(StrEnum):
    """How fine readings are given."""

    RAW = "raw"
    MINUTE = "1m"
    HOUR = "1h"
    DAY = "1d"


class Skew(StrEnum):
    """How a device's clock stood to ours."""

    OK = "ok"
    AHEAD = "ahead"
    LATE = "late"
    BACKFILL = "backfill"


class Report(Answer):
    """One report of a device that watches a link or a base station; null: it did not say."""

    observed_at: AwareDatetime = Field(
        description="When it was so: the device's clock, or ours where that was wrong."
    )
    boot_id: Count = Field(description="The device's count of its boots.")
    seq: Count = Field(description="Its count of reports and events in this boot.")
    received_at: AwareDatetime = Field(description="When we had it; our clock.")
    device_time: AwareDatetime | None = Field(
        description="What the device claimed, where observed_at is not that."
    )
    skew: Skew
    backfill: bool = Field(description="Stored on the device and sent late.")
    interval_seconds: float | None = Field(description="Seconds to the next report, as declared.")
    uptime_seconds: float | None = Field(description="Seconds since the device booted.")
    config_rev: Count | None = Field(description="Revision of its configuration.")
    power: Literal["mains", "battery"] | None = Field(description="What feeds it.")
    battery_percent: float | None = Field(description="Percent.")
    probes_sent: Count | None
    probes_ok: Count | None = Field(description="Probes answered.")
    rtt_p50_ms: float | None = Field(description="Milliseconds.")
    rtt_p95_ms: float | None = Field(description="Milliseconds.")
    loss_percent: float | None = Field(description="Percent.")
    down_mbps: float | None = Field(description="Megabits per second.")
    up_mbps: float | None = Field(description="Megabits per second.")
    clients: Count | None
    signal_dbm: float | None = Field(description="dBm.")
    temperature_c: float | None = Field(description="Degrees Celsius.")


class Spread(Answer):
    """A measure over a bucket; null where no report has it."""

    mean: float | None
    least: float | None
    greatest: float | None
    reports: Count = Field(description="That have it.")


class ReportRollUp(Answer):
    """The reports of one bucket."""

    bucket: AwareDatetime = Field(
        description="Its start; a day begins at midnight in Asia/Ho_Chi_Minh."
    )
    reports: Count
    mains_reports: Count = Field(description="Sent on mains power.")
    battery_reports: Count = Field(description="Sent on battery.")
    probes_sent: Count | None
    probes_ok: Count | None = Field(description="Probes answered.")
    battery_percent: Spread
    rtt_p50_ms: Spread
    rtt_p95_ms: Spread
    loss_percent: Spread
    down_mbps: Spread
    up_mbps: Spread
    clients: Spread
    signal_dbm: Spread
    temperature_c: Spread


class Reading(Answer):
    """One value of one metric."""

    observed_at: AwareDatetime = Field(
        description="When it was so: the device's clock, or ours where that was wrong."
    )
    metric: str = Field(description="Code of the metric.", examples=["pm2_5_ugm3"])
    value: float = Field(description="In the unit of its metric.")
    unit: str = Field(description="Empty for counts and states.")
    received_at: AwareDatetime = Field(description="When we had it; our clock.")
    device_time: AwareDatetime | None = Field(
        description="What the device claimed, where observed_at is not that."
    )
    skew: Skew


class ReadingRollUp(Answer):
    """The readings of one metric in one bucket."""

    bucket: AwareDatetime = Field(
        description="Its start; a day begins at midnight in Asia/Ho_Chi_Minh."
    )
    metric: str = Field(description="Code of the metric.", examples=["pm2_5_ugm3"])
    unit: str = Field(description="Empty for counts and states.")
    readings: Count
    mean: float
    least: float
    greatest: float


class ReportPage(Page[Report]):
    """Reports, the oldest first."""

    series: Literal["reports"] = "reports"


class ReportRollUpPage(Page[ReportRollUp]):
    """Rolled-up reports, the oldest first."""

    series: Literal["report_rollups"] = "report_rollups"


class ReadingPage(Page[Reading]):
    """Readings, the oldest first."""

    series: Literal["readings"] = "readings"


class ReadingRollUpPage(Page[ReadingRollUp]):
    """Rolled-up readings, the oldest first."""

    series: Literal["reading_rollups"] = "reading_rollups"


class SeriesPage(
    RootModel[
        Annotated[
            ReportPage | ReportRollUpPage | ReadingPage | ReadingRollUpPage,
            Field(discriminator="series"),
        ]
    ]
):
    """Reports of what watches links and base stations, readings of sensors; raw or rolled up."""


class ReadingsQuestion(ListQuestion):
    """Which readings."""

    since: Instant | None = Field(
        None, alias="from", description="From when on; a day before `to` by default."
    )
    until: Instant | None = Field(
        None, alias="to", description="Until when, exclusive; the present by default."
    )
    metric: Code | None = Field(None, description="Of a sensor: this metric only.")
    resolution: Resolution = Field(
        Resolution.RAW, description="As they came, or by minute, hour or local day."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("`from` is not before `to`")
        return self
