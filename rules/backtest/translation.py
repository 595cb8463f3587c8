"""Translation: stored rows into what the engine is told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from province.inventory import Inventory
from rules.backtest.history import Row
from rules.backtest.statements import LINK, SENSOR, WORD
from rules.backtest.steps import Step
from rules.model import Event, Report, Said, Window


def codes_of(inventory: Inventory, codes: Mapping[int, str]) -> dict[int, str]:
    """Return the codes, by number, of those devices that an inventory has."""
    known = {device.code for device in inventory.devices}
    return {number: code for number, code in codes.items() if code in known}


class Translation:
    """Makes events of steps, which come in the order of time.

    Args:
        inventory: whose devices are spoken of.
        codes: of devices, by the numbers that rows have.
        windows: of maintenance; each is told when it was announced.

    Attributes:
        events: how many were made.
        strangers: rows of devices that the inventory does not have, by number.
    """

    def __init__(
        self, inventory: Inventory, codes: Mapping[int, str], windows: Sequence[Window] = ()
    ) -> None:
        self._codes = codes_of(inventory, codes)
        self._sensors = {
            device.code for device in inventory.devices if not device.kind.watches_link
        }
        self._windows = sorted(windows, key=lambda window: window.at, reverse=True)
        self._sensor_reports: Counter[str] = Counter()
        self.events = 0
        self.strangers: Counter[int] = Counter()

    def take(self, step: Step) -> list[Event]:
        """Return the events of the next step."""
        own = [step.own] if step.own is not None else []
        events = [*own, *self._announced(step.at), *self._events(step.rows)]
        self.events += len(events)
        return events

    def _announced(self, at: float) -> Iterator[Event]:
        """Yield the windows that were announced by now, as news of this moment."""
        while self._windows and self._windows[-1].at <= at:
            yield replace(self._windows.pop(), at=at)

    def _events(self, rows: list[Row]) -> Iterator[Event]:
        codes, sensors, numbers = self._codes, self._sensors, self._sensor_reports
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
