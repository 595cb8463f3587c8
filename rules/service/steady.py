"""A clock that never jumps: silence is judged by it, and a step of the machine's is no silence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from runtime.clock import Clock

_SLEW: Final = 0.05
"""So much faster or slower it may go to come back to the machine's clock."""


class SteadyClock:
    """Goes on evenly from the machine's clock, and follows its steps slowly.

    Were the machine's clock set forward by a minute, every device would seem to have been silent
    for a minute.

    Args:
        clock: of the machine.
        monotonic: seconds that no one sets, such as the event loop's.
    """

    def __init__(self, clock: Clock, monotonic: Callable[[], float]) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._read_at = monotonic()
        self._now = clock.now()

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC; never before the one returned last."""
        read_at = self._monotonic()
        passed = timedelta(seconds=max(0.0, read_at - self._read_at))
        self._read_at = read_at
        expected = self._now + passed
        behind = self._clock.now() - expected
        most = passed * _SLEW
        self._now = expected + max(-most, min(most, behind))
        return self._now

    @property
    def behind(self) -> timedelta:
        """How far the machine's clock was set ahead of this one."""
        return self._clock.now() - self.now()
