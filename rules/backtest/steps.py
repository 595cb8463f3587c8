"""Steps: stored rows cut by the time received, and the stretches in which there are none."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from province.devices import Device
from rules.backtest.gaps import PART, longest_silence
from rules.backtest.history import Row
from rules.backtest.statements import AT
from rules.model import Own

_STEP_SECONDS: Final = 0.25
"""What was received within so long is decided upon at once, which makes decisions as exact."""

_at: Final = itemgetter(AT)


@dataclass(slots=True)
class Step:
    """What became known within one step.

    Attributes:
        at: when the oldest of it did.
        now: when the newest of it did.
        own: that we ceased to see, or see again.
    """

    at: float
    now: float
    own: Own | None
    rows: list[Row]


class Steps:
    """Takes rows in the order in which they were received.

    Args:
        devices: of the inventory.

    Attributes:
        rows: how many were taken.
        gaps: when nothing was stored: from the last row before to the first one after.
        last_at: when the newest row was received; 0 before the first.
    """

    def __init__(self, devices: Iterable[Device]) -> None:
        self._longest = longest_silence(devices)
        self.rows = 0
        self.gaps: list[tuple[float, float]] = []
        self.last_at = 0.0

    def take(self, rows: list[Row]) -> Iterator[Step]:
        """Yield the steps that these rows are."""
        start = 0
        while start < len(rows):
            at = rows[start][AT]
            end = bisect_left(rows, at + _STEP_SECONDS, start, key=_at)
            taken = rows[start:end]
            own = None
            if self.last_at and at - self.last_at >= self._longest:
                yield self._gap(at)
                own = Own(at, PART, up=True)
            start, self.last_at = end, taken[-1][AT]
            self.rows += len(taken)
            yield Step(at, self.last_at, own, taken)

    def _gap(self, at: float) -> Step:
        """Return what a probe of ours would have said while nothing was stored."""
        self.gaps.append((self.last_at, at))
        noticed_at = self.last_at + self._longest
        return Step(self.last_at, noticed_at, Own(self.last_at, PART, up=False), [])
