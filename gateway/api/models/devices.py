"""Devices, and the newest that is known of each."""

from typing import Literal

from pydantic import AwareDatetime, Field

from gateway.api.models.places import Latitude, ListQuestion, Longitude
from gateway.api.values import Answer, Code, Count, Page
from province.devices import DeviceKind


class Measures(Answer):
    """What a device that watches a link or a base station measures; null: it did not say."""

    power: Literal["mains", "battery"] | None = Field(description="What feeds the device.")
    battery_percent: float | None = Field(description="Charge of the battery, percent.")
    probes_sent: Count | None = Field(description="Probes sent in the interval.")
    probes_ok: Count | None = Field(description="Probes answered in the interval.")
    rtt_p50_ms: float | None = Field(description="Median round trip, milliseconds.")
    rtt_p95_ms: float | None = Field(description="95th percentile of round trips, milliseconds.")
    loss_percent: float | None = Field(description="Packets lost, percent.")
    down_mbps: float | None = Field(description="Traffic towards the village, megabits per second.")
    up_mbps: float | None = Field(description="Traffic from the village, megabits per second.")
    clients: Count | None = Field(description="Clients connected.")
    signal_dbm: float | None = Field(description="Received signal, dBm.")
    temperature_c: float | None = Field(
        description="Temperature of the equipment, degrees Celsius."
    )


class Value(Answer):
    """The newest value of one metric."""

    metric: str = Field(description="Code of the metric.", examples=["pm2_5_ugm3"])
    unit: str = Field(description="Unit of the value; empty for counts and states.")
    value: float
    observed_at: AwareDatetime = Field(description="When it was so.")


class DeviceState(Answer):
    """The newest that is known of a device: what was observed last, not what arrived last."""

    online: bool | None = Field(description="As it or its will said; null: nothing was said.")
    online_changed_at: AwareDatetime | None = Field(description="Since when; our clock.")
    last_seen_at: AwareDatetime | None = Field(
        description="When anything was last heard from it; our clock. null: never."
    )
    observed_at: AwareDatetime | None = Field(description="Time of its newest report.")
    skew_seconds: float | None = Field(
        description="Received minus claimed time of that report, seconds; above zero: late, or a"
        " clock behind."
    )
    measures: Measures | None = Field(
        description="Of its newest report; null: it is a sensor, or has sent none."
    )
    values: list[Value] = Field(description="Of a sensor, by metric.")


class Device(Answer):
    """A device and the newest that is known of it."""

    code: Code
    kind: DeviceKind
    name: str
    commune: Code = Field(description="The commune that its topics carry.")
    village: Code | None = Field(description="Village it stands in; null: none.")
    link: Code | None = Field(description="Link it measures; null: none.")
    node: Code | None = Field(description="Node it reports for; null: none.")
    ups: bool = Field(description="Whether a battery outlasts a short failure of its mains.")
    interval_seconds: float = Field(description="How often it should report, seconds.")
    lat: Latitude
    lon: Longitude
    state: DeviceState


class DevicePage(Page[Device]):
    """Devices, by code."""


class DeviceQuestion(ListQuestion):
    """Which devices."""

    commune: Code | None = Field(None, description="Of this commune only.")
    village: Code | None = Field(None, description="In this village only.")
    kind: DeviceKind | None = Field(None, description="Of this kind only.")
