"""The inventory as ingest needs it: who may report, from where, and which metrics exist."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A device that may report.

    Attributes:
        device_id: its number in the database.
        code: its code in topics.
        commune: the commune code its topics must carry.
        watches_link: its reports carry the fixed link values; otherwise it is a sensor.
    """

    device_id: int
    code: str
    commune: str
    watches_link: bool


@dataclass(frozen=True, slots=True)
class KnownMetric:
    """A metric of the catalogue, with the physical range of its values."""

    metric_id: int
    code: str
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Registry:
    """One revision of the inventory; replaced as a whole when it changes."""

    revision: int
    province: str
    devices: Mapping[str, KnownDevice] = field(repr=False)
    metrics: Mapping[str, KnownMetric] = field(repr=False)
