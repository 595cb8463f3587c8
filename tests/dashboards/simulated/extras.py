"""What simulators do not play: a river that rises, and senders that are not ours.

Both come as messages between those of the simulated devices, and go the way of all messages.
"""

import json
import math
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from province.devices import Device, DeviceKind

Line = dict[str, Any]

GAUGE: Final = "66-hydro-phu-lam"
"""A hydrological station with alarm levels at 1.7, 2.7 and 3.7 m."""

ALARM_SINCE: Final = timedelta(hours=8)
"""At the present the river has been above alarm level I for about so long."""

_EVERY: Final = timedelta(minutes=10)
_STRANGERS_EVERY: Final = timedelta(hours=3)
_LOW: Final = 0.9
CREST: Final = 3.1
"""Metres, which the river has reached by now: above alarm level II."""
_STRANGERS: Final = (
    ("nobody", '{"observed_at":"2026-01-01T00:00:00Z","boot_id":1,"seq":1,"values":{}}'),
    (GAUGE, '{"observed_at":"2026-01-01T00:00:00Z","boot_id":1,"seq":"one","values":{}}'),
)


def gauge(commune: str) -> Device:
    """Return the station, which the inventory has and no simulator plays."""
    return Device(
        code=GAUGE,
        kind=DeviceKind.SENSOR,
        name="Trạm thủy văn Phú Lâm",
        commune=commune,
        interval_seconds=_EVERY.total_seconds(),
    )


def level(at: datetime, present: datetime) -> float:
    """Return the river's level, metres: it has risen through alarm levels I and II by now."""
    rise = 1 / (1 + math.exp(-((at - present + ALARM_SINCE) / timedelta(hours=2))))
    waves = 0.02 * math.sin(at.timestamp() / 2_000)
    return round(_LOW + (CREST - _LOW) * rise + waves, 3)


class Extras:
    """Says what comes between two lines.

    Args:
        start: of the first.
        present: by when the river has risen.
        commune: of the station.
    """

    def __init__(self, start: datetime, present: datetime, commune: str) -> None:
        self._present = present
        self._place = f"srepok/v1/66/{commune}"
        self._gauge_at = start
        self._strangers_at = start + _STRANGERS_EVERY
        self._seq = 0

    def until(self, at: datetime) -> Iterator[Line]:
        """Yield what came up to an instant and was not yielded yet."""
        while self._gauge_at <= at:
            yield self._measured(self._gauge_at)
            self._gauge_at += _EVERY
        while self._strangers_at <= at:
            for device, payload in _STRANGERS:
                yield self._message(self._strangers_at, device, json.loads(payload))
            self._strangers_at += _STRANGERS_EVERY

    def _measured(self, at: datetime) -> Line:
        self._seq += 1
        report = {
            "observed_at": at.isoformat(timespec="milliseconds"),
            "boot_id": 1,
            "seq": self._seq,
            "interval_s": _EVERY.total_seconds(),
            "values": {"water_level_m": level(at, self._present)},
        }
        return self._message(at, GAUGE, report)

    def _message(self, at: datetime, device: str, payload: dict[str, Any]) -> Line:
        return {
            "kind": "message",
            "received_at": at.isoformat(timespec="milliseconds"),
            "topic": f"{self._place}/{device}/telemetry",
            "qos": 1,
            "retain": False,
            "payload": payload,
        }
