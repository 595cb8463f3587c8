"""Back-off with full jitter: how long to wait before trying again."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random


@dataclass(frozen=True, slots=True)
class BackoffPolicy:
    """Bounds of a back-off.

    Attributes:
        first: upper bound of the first delay.
        cap: upper bound of every delay; the bound doubles from `first` up to it.
    """

    first: timedelta = timedelta(milliseconds=250)
    cap: timedelta = timedelta(seconds=30)


class Backoff:
    """Delays of one series of failures.

    Full jitter (a delay is uniform between zero and the bound) keeps a fleet that lost its
    broker at one instant from coming back at one instant.
    """

    def __init__(self, policy: BackoffPolicy, random: Random) -> None:
        self._policy = policy
        self._random = random
        self._failures = 0

    @property
    def failures(self) -> int:
        """How many delays were asked for since the last success."""
        return self._failures

    def delay(self) -> timedelta:
        """Return how long to wait now, and count one more failure."""
        # The exponent is capped so that weeks of failures cannot overflow a float.
        bound = min(self._policy.cap, self._policy.first * 2 ** min(self._failures, 30))
        self._failures += 1
        return timedelta(seconds=bound.total_seconds() * self._random.random())

    def reset(self) -> None:
        """Forget the failures after a success."""
        self._failures = 0
