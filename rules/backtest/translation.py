"""Translation: stored rows into what the rules are told, step by step of the time received."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Final

from province.inventory import Inventory
from rules.backtest.gaps import PART, longest_silence
from rules.backtest.history import Row
from rules.backtest.statements import AT, LINK, SENSOR, WORD
from rules.model import Event, Own, Report, Said, Window

_STEP_SECONDS: Final = 0.25
"""What was received within so long is decided upon at once, which makes decisions as exact."""

_at: Final = itemgetter(AT)


@dataclass(slots=True)
class Step:
    """What became known within one step.

    Attributes:
        now: when the newest of it did.
        rows: what it was made of.
    """

    now: float
    events: list[Event]
    rows: list[Row]


class Translation:
    """Takes rows in the order in which they were received.

    Args:
        inventory: whose devices are spoken of.
        codes: of devices, by the numbers that rows have.
        windows: of maintenance; each is told when it was announced.

    Attributes:
        codes: of the devices of the inventory, by number.
        rows: how many were taken.
        events: how many were made of them.
        strangers: rows of devices that the inventory does not have, by number.
        gaps: when nothing was stored: from the last row before to the first one after.
        last_at: when the newest row was received; 0 before the first.
    """

    def __init__(
        self, inventory: Inventory, codes: Mapping[int, str], windows: Sequence[Window] = ()
    ) -> None:
        known = {device.code for device in inventory.devices}
        self.codes = {number: code for number, code in codes.items() if code in known}
        self._sensors = {
            device.code for device in inventory.devices if not device.kind.watches_link
        }
        self._longest = longest_silence(inventory.devices)
        self._windows = sorted(windows, key=lambda window: window.at, reverse=True)
        self._sensor_reports: Counter[str] = Counter()
        self.rows = self.events = 0
        self.strangers: Counter[int] = Counter()
        self.gaps: list[tuple[float, float]] = []
        self.last_at = 0.0

    def take(self, rows: list[Row]) -> Iterator[Step]:
        """Yield the steps that these rows are."""
        start = 0
        while start < len(rows):
            at = rows[start][AT]
            end = bisect_left(rows, at + _STEP_SECONDS, start, key=_at)
            taken = rows[start:end]
            if self.last_at and at - self.last_at >= self._longest:
                yield self._gap(at)
            events = [*self._back(at), *self._announced(at), *self._events(taken)]
            start, self.last_at = end, taken[-1][AT]
            self.rows += len(taken)
            self.events += len(events)
            yield Step(self.last_at, events, taken)

    def _gap(self, at: float) -> Step:
        """Return what a probe of ours would have said while nothing was stored."""
        self.gaps.append((self.last_at, at))
        noticed_at = self.last_at + self._longest
        return Step(noticed_at, [Own(self.last_at, PART, up=False)], [])

    def _back(self, at: float) -> Iterator[Event]:
        """Yield that the gap is over which ended just now."""
        if self.gaps and self.gaps[-1][1] == at:
            yield Own(at, PART, up=True)

    def _announced(self, at: float) -> Iterator[Event]:
        """Yield the windows that were announced by now, as news of this moment."""
        while self._windows and self._windows[-1].at <= at:
            yield replace(self._windows.pop(), at=at)

    def _events(self, rows: list[Row]) -> Iterator[Event]:
        codes, sensors, numbers = self.codes, self._sensors, self._sensor_reports
        for row in rows:
            at, source, device, boot, seq, backfill, interval, loss, battery, digest, *_ = row
            code = codes.get(device)
            if code is None:
                self.strangers[device] += 1
            elif source == LINK:
                yield Report(at, code, boot, seq, backfill, interval, loss, battery is True, digest)
            elif source != SENSOR:
                yield Said(at, code, row[WORD])
            elif code in sensors:
                # Neither boot nor number is stored; its key told that it is no repeat.
                numbers[code] += 1
                yield Report(at, code, 0, numbers[code], backfill, digest=digest)
