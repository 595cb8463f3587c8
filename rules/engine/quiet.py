"""Quiet: when nothing is heard of anybody, whichever the operator, it is the way to us that fails.

Operators do not fail together to the second; what they share is the way to our broker. Whether
their networks stand cannot be seen from behind a way that is cut, so all is unknown then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rules.engine.watch import Watch, late

UPLINK: Final = "uplink"
"""The part of ours that is at fault: the last stretch of the way, which all devices share."""
_SHARE: Final = 0.8
"""Of the time in which silence is seen at the earliest: nobody else must be blamed before."""
_UNUSUAL: Final = 2.0
"""Times as long as it is quiet at times by itself, where devices report at the same moments."""
_KEEPS: Final = 0.99
"""Share of what is usual that is left after each look: half of it after six intervals."""
_LEAST_LOOKS: Final = 36
_LEAST_DEVICES: Final = 100
_LEAST_OPERATORS: Final = 2


@dataclass(slots=True)
class Quiet:
    """What is known of it; times are in seconds since 1970.

    Attributes:
        heard_at: when anybody was last heard.
        usual: for how long nobody is heard at times, while all is well.
        looks: how often it was looked at.
    """

    heard_at: float = 0.0
    usual: float = 0.0
    looks: int = 0

    def hear(self, at: float) -> None:
        """Note that somebody was heard."""
        if at > self.heard_at:
            if self.heard_at and at - self.heard_at > self.usual:
                self.usual = at - self.heard_at
            self.heard_at = at

    def begin(self, at: float) -> None:
        """Listen from then on: why nobody was heard before is known."""
        self.heard_at = max(self.heard_at, at)

    def is_unusual(
        self, now: float, interval: float, watch: Watch, operator_of: Mapping[str, str]
    ) -> bool:
        """Whether nobody has been heard for too long to be chance, of several operators.

        Args:
            now: when it is looked at, while nothing of ours is known to be at fault.
            interval: the usual one of devices, seconds.
            watch: what is known of devices.
            operator_of: by device.
        """
        quiet = now - self.heard_at
        bound = max(_SHARE * (late(interval) - 1) * interval, _UNUSUAL * self.usual)
        self.looks += 1
        self.usual *= _KEEPS
        if quiet < bound or self.looks < _LEAST_LOOKS:
            return False
        since = self.heard_at - 2 * interval
        heard = [
            code
            for code, watched in watch.of.items()
            if watched.last_at is not None and watched.last_at > since
        ]
        operators = {operator_of[code] for code in heard if code in operator_of}
        return len(heard) >= _LEAST_DEVICES and len(operators) >= _LEAST_OPERATORS
