"""The tally: what became of a batch's records, as the database counted them.

Apart from what the decoder counted, on purpose: the accounts hold both, and a record that went
astray between the two shows as a difference.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from ingest.batch import Row


@dataclass(slots=True)
class Tally:
    """Counts records by their minute of arrival.

    Attributes:
        stored: rows that were new.
        duplicate: rows that repeat another one, stored or staged, and rows whose key was there.
        rejected: dead letters.
    """

    stored: Counter[datetime] = field(default_factory=Counter)
    duplicate: Counter[datetime] = field(default_factory=Counter)
    rejected: Counter[datetime] = field(default_factory=Counter)

    @property
    def minutes(self) -> set[datetime]:
        """The minutes that anything was counted in."""
        return {*self.stored, *self.duplicate, *self.rejected}

    def count_forgotten(self, rows: Iterable[Row]) -> None:
        """Count repeats: (minute, how many)."""
        self.duplicate.update(dict(rows))

    def count_stored(self, rows: Iterable[Row]) -> None:
        """Count what was left to store: (minute, how many, how many of them new)."""
        for minute, staged, new in rows:
            self.stored[minute] += new
            self.duplicate[minute] += staged - new

    def count_letters(self, rows: Iterable[Row]) -> None:
        """Count dead letters: (minute, how many)."""
        self.rejected.update(dict(rows))
