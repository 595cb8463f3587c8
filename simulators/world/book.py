"""The book: from when to when each village was in which condition, in truth."""

from collections.abc import Mapping
from dataclasses import dataclass

from simulators.world.condition import SERVED, Condition


@dataclass(frozen=True, slots=True)
class Entry:
    """A stretch of time, in milliseconds, in which a village was not served."""

    village: str
    condition: Condition
    start: int
    end: int


class Book:
    """Keeps entries as conditions change."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._open: dict[str, tuple[Condition, int]] = {}

    def note(self, at: int, conditions: Mapping[str, Condition]) -> None:
        """Note the condition of all villages; those not named are served."""
        for village in sorted(self._open.keys() | conditions.keys()):
            now = conditions.get(village, SERVED)
            before, since = self._open.get(village, (SERVED, at))
            if now == before:
                continue
            if before is not SERVED and since < at:
                self.entries.append(Entry(village, before, since, at))
            if now is SERVED:
                del self._open[village]
            else:
                self._open[village] = (now, at)

    def close(self, at: int) -> None:
        """End the run."""
        self.note(at, {})
