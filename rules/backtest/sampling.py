"""Sampling: what of the stored rows rulebooks want to know."""

from collections.abc import Iterator, Mapping, Sequence

from rules.backtest.history import Row
from rules.backtest.statements import (
    AT,
    BACKFILL,
    DEVICE,
    FIRST_EXTRA,
    LINK,
    METRICS,
    OBSERVED,
    ON_BATTERY,
    PRESENCE,
    SOURCE,
    VALUES,
)
from rules.rulebook.book import RuleBook
from rules.rulebook.changes import Sample
from rules.rulebook.quantities import LINK_QUANTITIES, OWN_INSTRUMENTS
from rules.rulebook.quantities import ON_BATTERY as BATTERY
from rules.rulebook.rule import Absence


class Sampling:
    """Makes samples of rows, of those metrics alone that some rule is about.

    Args:
        books: that are judged by.
        numbers: code of each metric, by the number that readings have.

    Attributes:
        columns: of `link_reports` that are wanted.
        metrics: numbers of the metrics that are wanted.
        unseen: instruments of our own that some rule is about; they are not stored.
    """

    def __init__(self, books: Sequence[RuleBook], numbers: Mapping[int, str]) -> None:
        rules = [entry.rule for book in books for entry in book.rules]
        wanted = {metric for rule in rules for metric in rule.metrics()}
        links = wanted & set(LINK_QUANTITIES)
        self.columns = tuple(sorted(links - {BATTERY}))
        self._codes = {number: code for number, code in numbers.items() if code in wanted}
        self.metrics = tuple(sorted(self._codes))
        self.unseen = tuple(sorted(wanted & set(OWN_INSTRUMENTS)))
        self._battery = BATTERY in links
        self._heard = any(isinstance(rule, Absence) and not rule.metrics() for rule in rules)

    @property
    def wanted(self) -> bool:
        """Whether any rule is about what is stored."""
        return bool(self.columns or self.metrics or self._battery or self._heard)

    def take(self, rows: Sequence[Row], devices: Mapping[int, str]) -> Iterator[Sample]:
        """Yield the samples in these rows.

        Args:
            rows: of the stream.
            devices: codes of devices by number; of others nothing is told.
        """
        for row in rows:
            device, source = devices.get(row[DEVICE]), row[SOURCE]
            if device is None or source == PRESENCE:
                continue
            values = self._of_link(row) if source == LINK else self._of_sensor(row)
            if values or self._heard:
                # As live: the broker's time, but for what the device kept while it was offline.
                at = min(row[AT], row[OBSERVED]) if row[BACKFILL] else row[AT]
                yield Sample(at, device, values)

    def _of_link(self, row: Row) -> dict[str, float]:
        values = {
            column: value
            for column, value in zip(self.columns, row[FIRST_EXTRA:], strict=True)
            if value is not None
        }
        if self._battery and row[ON_BATTERY] is not None:
            values[BATTERY] = float(row[ON_BATTERY])
        return values

    def _of_sensor(self, row: Row) -> dict[str, float]:
        if not row[METRICS]:
            return {}
        codes = self._codes
        return {
            codes[number]: value for number, value in zip(row[METRICS], row[VALUES], strict=True)
        }
