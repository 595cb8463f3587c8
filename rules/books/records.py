"""Records: the rows of the books, and what differs between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from rules.books.causes import Cause
from rules.books.days import span_of
from rules.books.ledger import DayBook

CAUSE_COLUMNS: Final[Mapping[Cause, str]] = {
    cause: "unexplained_seconds" if cause is Cause.UNKNOWN else f"{cause.value}_seconds"
    for cause in Cause
}
"""The column of each cause."""


@dataclass(frozen=True, slots=True)
class DayRecord:
    """A row of village_days or link_days.

    Attributes:
        code: of the village or link.
        values: every column but the key, status and instant, by name.
    """

    day: date
    code: str
    values: Mapping[str, int]
    revision: int = 0
    status: str = "provisional"
    built_at: datetime | None = None

    @property
    def elapsed(self) -> int:
        """Seconds of the day that the row speaks of."""
        return sum(
            self.values[f"{state}_seconds"] for state in ("served", "degraded", "down", "unknown")
        )

    @property
    def is_whole(self) -> bool:
        """Whether the day was over when the row was made."""
        first, last = span_of(self.day)
        return self.elapsed == last - first

    def differences(self, new: "DayRecord") -> tuple[dict[str, int], dict[str, int]]:
        """Return the columns in which a newer row differs: as they were, and as they are."""
        changed = [name for name, value in self.values.items() if new.values[name] != value]
        return (
            {name: self.values[name] for name in changed},
            {name: new.values[name] for name in changed},
        )


def values_of(book: DayBook, households: int) -> dict[str, int]:
    """Return the columns of a day's book."""
    return {
        "households": households,
        "served_seconds": book.served,
        "degraded_seconds": book.degraded,
        "down_seconds": book.down,
        "unknown_seconds": book.unknown,
        **{column: book.causes.get(cause, 0) for cause, column in CAUSE_COLUMNS.items()},
        "sustained": book.gross.sustained,
        "momentary": book.gross.momentary,
        "sustained_net": book.net.sustained,
        "momentary_net": book.net.momentary,
        "sustained_network": book.network.sustained,
        "momentary_network": book.network.momentary,
    }


def as_row(record: DayRecord, key: str, built_at: datetime) -> dict[str, Any]:
    """Return a record as the database takes it, as JSON.

    Args:
        record: the record.
        key: name of the column of its code.
        built_at: when it was computed.
    """
    return {
        "day": record.day.isoformat(),
        key: record.code,
        "revision": record.revision,
        "status": record.status,
        **record.values,
        "built_at": built_at.isoformat(),
    }
