"""The time on the screen, and the step that Grafana makes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_MILLISECOND: Final = timedelta(milliseconds=1)

# Upper bound of a span divided by its points, and the step that it becomes, in milliseconds.
_STEPS: Final = (
    (10, 1),
    (15, 10),
    (35, 20),
    (75, 50),
    (150, 100),
    (350, 200),
    (750, 500),
    (1_500, 1_000),
    (3_500, 2_000),
    (7_500, 5_000),
    (12_500, 10_000),
    (17_500, 15_000),
    (25_000, 20_000),
    (45_000, 30_000),
    (90_000, 60_000),
    (210_000, 120_000),
    (450_000, 300_000),
    (750_000, 600_000),
    (1_050_000, 900_000),
    (1_500_000, 1_200_000),
    (2_700_000, 1_800_000),
    (5_400_000, 3_600_000),
    (9_000_000, 7_200_000),
    (16_200_000, 10_800_000),
    (32_400_000, 21_600_000),
    (86_400_000, 43_200_000),
    (604_800_000, 86_400_000),
    (1_814_400_000, 604_800_000),
    (3_628_800_000, 2_592_000_000),
)
_LONGEST_STEP: Final = 31_536_000_000
_NAMES: Final = (
    (31_536_000_000, "y"),
    (86_400_000, "d"),
    (3_600_000, "h"),
    (60_000, "m"),
    (1_000, "s"),
)


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A span of time.

    Attributes:
        start_at: its start, inclusive.
        end_at: its end, inclusive as Grafana's is.
    """

    start_at: datetime
    end_at: datetime

    @property
    def span(self) -> timedelta:
        """How long it is."""
        return self.end_at - self.start_at

    def step(self, points: int = 1_000, least: timedelta = _MILLISECOND) -> timedelta:
        """Return what `$__interval` is for a panel of so many points.

        Args:
            points: the panel's greatest number of points; its width in pixels by default.
            least: the panel's or data source's least interval.
        """
        share = self.span / _MILLISECOND / points
        rounded = next((step for bound, step in _STEPS if share < bound), _LONGEST_STEP)
        return max(rounded * _MILLISECOND, least)


def interval_text(step: timedelta) -> str:
    """Return a step as Grafana writes it: its greatest whole unit, such as `1m` or `2h`."""
    milliseconds = round(step / _MILLISECOND)
    for length, name in _NAMES:
        if milliseconds >= length:
            return f"{milliseconds // length}{name}"
    return f"{milliseconds}ms"
