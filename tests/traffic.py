"""What the tests publish: messages of every kind, each with the records it must become."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any, Final

from province.devices import DeviceKind
from province.inventory import Inventory
from tests.stock import topics_of

Key = tuple[str, str, str, int | datetime]
"""(table, device, metric or kind, sequence number or claimed time): one record, however often and
whenever it arrives, whatever the clock says."""

RIGHT: Final = timedelta(0)
FAST: Final = timedelta(seconds=8)
FASTER: Final = timedelta(seconds=60)

CAUGHT_UP: Final = timedelta(seconds=4)
"""After so long a clock that was eight seconds ahead is within the tolerance of five."""

_METRICS: Final = ("pm2_5_ugm3", "air_temperature_c", "rain_mm")
_FIRST_SEQ: Final = 1_000_000
"""Where sequence numbers begin: other messages of a test have smaller ones."""
_LARGE: Final = 300
"""Reports of a large array: some 30 kB."""


@dataclass(frozen=True, slots=True)
class Made:
    """One message.

    Attributes:
        keys: the records that it must become.
        again: a device that got no confirmation would send it again, when its clock, then too
            far ahead, no longer is.
    """

    topic: str
    payload: bytes
    keys: tuple[Key, ...]
    again: bool = False


@dataclass
class Ledger:
    """What the broker confirmed to the publisher.

    Attributes:
        records: each record that must be found, and when it was first confirmed.
        messages: how many messages were confirmed, those sent again included.
        repeated: how many records were confirmed once more.
    """

    records: dict[Key, float] = field(default_factory=dict)
    messages: int = 0
    repeated: int = 0

    def confirm(self, made: Made, at: float) -> None:
        self.messages += 1
        for key in made.keys:
            if key in self.records:
                self.repeated += 1
            else:
                self.records[key] = at


class Traffic:
    """Makes messages for the devices of an inventory: mostly single reports, and all the rest."""

    def __init__(self, inventory: Inventory) -> None:
        self._probes = cycle(topics_of(inventory, DeviceKind.LINK_PROBE))
        self._sensors = cycle(topics_of(inventory, DeviceKind.SENSOR))
        self._seq = _FIRST_SEQ
        self._claimed: set[tuple[str, datetime]] = set()
        self._kinds = self._mix()

    def make(self) -> Made:
        """Return the next message, stamped with this moment."""
        return next(self._kinds)

    def _mix(self) -> Iterator[Made]:
        while True:
            for _ in range(8):
                for _ in range(25):
                    yield self._links(1)
                yield self._readings(1)
                yield self._links(5)
                yield self._readings(5)
                yield self._event()
                yield self._status()
                yield self._links(1, FAST)
                yield self._links(5, FASTER)
                yield self._readings(5, FAST)
                yield self._readings(5, FASTER)
                yield self._event(FAST)
            yield self._links(_LARGE)

    def _links(self, number: int, ahead: timedelta = RIGHT) -> Made:
        topic = next(self._probes)
        reports: list[dict[str, Any]] = []
        keys: list[Key] = []
        for claim in self._claims(topic, number, ahead):
            report = self._stamp(claim)
            report["values"] = {"power": "mains", "rtt_p50_ms": 12.5, "clients": self._seq % 100}
            reports.append(report)
            keys.append(("link_reports", _device(topic), "", self._seq))
        return _made(topic, reports, keys, ahead)

    def _readings(self, number: int, ahead: timedelta = RIGHT) -> Made:
        topic = next(self._sensors)
        reports: list[dict[str, Any]] = []
        keys: list[Key] = []
        for claim in self._claims(topic, number, ahead):
            report = self._stamp(claim)
            report["values"] = dict.fromkeys(_METRICS, self._seq % 40)
            reports.append(report)
            keys += [("sensor_readings", _device(topic), metric, claim) for metric in _METRICS]
        return _made(topic, reports, keys, ahead)

    def _event(self, ahead: timedelta = RIGHT) -> Made:
        topic = next(self._probes)
        (claim,) = self._claims(topic, 1, ahead)
        event = self._stamp(claim) | {"event": "dying_gasp", "detail": {"mv": 3300}}
        key = ("presence_events", _device(topic), "dying_gasp", self._seq)
        return _made(topic.replace("telemetry", "event"), [event], [key], ahead)

    def _status(self) -> Made:
        topic = next(self._probes)
        self._seq += 1
        status = {"state": "offline", "reason": "will", "boot_id": 1, "connection": self._seq}
        key = ("presence_events", _device(topic), "offline", self._seq)
        return _made(topic.replace("telemetry", "status"), [status], [key], RIGHT)

    def _stamp(self, claim: datetime) -> dict[str, Any]:
        self._seq += 1
        return {"observed_at": claim.isoformat(), "boot_id": 1, "seq": self._seq}

    def _claims(self, topic: str, number: int, ahead: timedelta) -> Iterator[datetime]:
        """Yield times a tenth of a second apart up to this moment by the device's clock."""
        newest = datetime.now(UTC) + ahead
        for index in reversed(range(number)):
            claim = newest - index * timedelta(milliseconds=100)
            while (topic, claim) in self._claimed:
                claim += timedelta(microseconds=1)
            self._claimed.add((topic, claim))
            yield claim


def _device(topic: str) -> str:
    return topic.split("/")[4]


def _made(topic: str, reports: list[dict[str, Any]], keys: list[Key], ahead: timedelta) -> Made:
    said = reports if len(reports) > 1 else reports[0]
    return Made(topic, json.dumps(said).encode(), tuple(keys), again=ahead == FAST)
