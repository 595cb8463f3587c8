"""A device's clock: a little off, a little fast or slow, and at times set."""

from random import Random
from typing import Final

from simulators.milliseconds import SECOND

_OFF_MS: Final = 200
"""Standard deviation of how far clocks are off."""
_DRIFT: Final = 5e-6
"""Standard deviation of their drift; what a time server has not yet mended."""


class DeviceClock:
    """Shows a time that is not quite the true one.

    Args:
        started: when the run begins, in milliseconds.
        random: the device's own generator.
    """

    __slots__ = ("_drift", "_off", "_started", "skew")

    def __init__(self, started: int, random: Random) -> None:
        self.skew = 0
        """How far faults have moved it, in milliseconds."""
        self._started = started
        self._off = random.gauss(0, _OFF_MS)
        self._drift = random.gauss(0, _DRIFT)

    def shows(self, at: int) -> int:
        """Return what it shows at a true time, both in milliseconds."""
        off = int(self._off + self._drift * (at - self._started))
        # A time server keeps a working clock within a second.
        if not -SECOND <= off <= SECOND:
            off = SECOND if off > 0 else -SECOND
        return at + self.skew + off

    def step(self, amount: int) -> None:
        """Have a fault move it by this, in milliseconds."""
        self.skew += amount
