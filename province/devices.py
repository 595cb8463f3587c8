"""Devices: what publishes."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from province.codes import Code
from province.records import Alias, Latitude, Longitude, Name, Record


class DeviceKind(StrEnum):
    """What a device is, and with it how its reports are read."""

    LINK_PROBE = "link_probe"
    """Measures a village's link from the customer's side."""
    BASE_STATION = "base_station"
    """Reports for a mobile site."""
    SENSOR = "sensor"
    """A city sensor: reports metrics of the catalogue only."""
    CANARY = "canary"
    """Publishes from a known good place, to tell our own faults from the network's."""

    @property
    def watches_link(self) -> bool:
        """Whether its reports carry the fixed link values (`LinkReport`), not only metrics."""
        return self is not DeviceKind.SENSOR


class Device(Record):
    """A device.

    Attributes:
        code: its code in topics, and its user name and client identifier at the broker.
        commune: the commune that its topics carry.
        village: where it stands, if it stands in one.
        link: the link it measures and publishes over.
        node: the node it reports for.
        power_node: the node of the power grid that feeds it.
        ups: it has a battery that outlasts a short mains failure.
        interval_seconds: how often it should report.
        aliases: its names in other systems, each as `system:name`.
    """

    type: Literal["device"] = "device"
    kind: DeviceKind
    name: Name
    commune: Code
    village: Code | None = None
    link: Code | None = None
    node: Code | None = None
    power_node: Code | None = None
    ups: bool = False
    interval_seconds: Annotated[float, Field(gt=0, le=86_400)]
    lat: Latitude | None = None
    lon: Longitude | None = None
    aliases: tuple[Alias, ...] = ()
