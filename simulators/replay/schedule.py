"""When each row of a recording is sent, and which time it claims."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from simulators.replay.recording import Row


@dataclass(frozen=True, slots=True)
class Schedule:
    """Places a recording in time.

    Attributes:
        first: the recording's first instant.
        last: its last one.
        began: when the replay began.
        speed: how many recorded seconds go by in one; 0 is as fast as confirmed.
        shifted: claim times up to now instead of the recorded ones.
    """

    first: datetime
    last: datetime
    began: datetime
    speed: float
    shifted: bool

    @property
    def live(self) -> bool:
        """Whether each row claims the moment at which it is sent."""
        return self.shifted and self.speed > 0

    def due(self, row: Row) -> datetime:
        """Return when to send a row; at speed 0, at once."""
        return self.began + self._elapsed(row) if self.speed > 0 else self.began

    def claimed(self, row: Row) -> datetime:
        """Return the `observed_at` of a row.

        Shifted and in motion, recorded time is compressed with the speed: an hour a second
        must not put the second row an hour into the future. Shifted at speed 0, the last row
        is now, and the gaps are the recorded ones.
        """
        if self.live:
            return self.due(row)
        if self.shifted:
            return self.began - (self.last - row.observed_at)
        return row.observed_at

    def _elapsed(self, row: Row) -> timedelta:
        return (row.observed_at - self.first) / self.speed


def make_schedule(
    rows: tuple[Row, ...], began: datetime, *, speed: float, shifted: bool
) -> Schedule:
    """Return the schedule of a recording with at least one row."""
    instants = [row.observed_at for row in rows]
    return Schedule(min(instants), max(instants), began, speed, shifted)
