"""The times of a live run: how the scenario's time goes by in ours."""

from dataclasses import dataclass

from runtime.clock import Clock
from simulators.milliseconds import milliseconds, stamp


@dataclass(frozen=True, slots=True)
class Times:
    """Maps the scenario's time to ours; both begin at one moment, in milliseconds.

    Attributes:
        start: when the run begins.
        speed: how many of the scenario's seconds go by in one of ours.
        clock: tells our time.
    """

    start: int
    speed: float
    clock: Clock

    def ours(self, at: int) -> int:
        """Return when a moment of the scenario is due, in our time."""
        return self.start + round((at - self.start) / self.speed)

    def now(self) -> int:
        """Return the scenario's present moment."""
        since = milliseconds(self.clock.now()) - self.start
        return self.start + int(since * self.speed)

    def seconds_until(self, at: int) -> float:
        """Return how long to wait for a moment of the scenario; not below 0."""
        return max(0.0, (self.ours(at) - milliseconds(self.clock.now())) / 1000)

    def show(self, at: int) -> str:
        """Return the text of our time at a moment of the scenario."""
        return stamp(self.ours(at))
