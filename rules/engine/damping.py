"""Damping: what goes down again and again stays one incident until it has been steady."""

from typing import Final

from rules.engine.state import State

AGAIN_SECONDS: Final = 900.0
"""What fails again so soon after it was cleared is the same incident."""
_DOWN: Final = 1000.0
_MOST: Final = 3000.0
"""Half an hour without a fall is enough, however many there were before it."""
_HALF_LIFE_SECONDS: Final = 900.0
_ON: Final = 2500.0
_OFF: Final = 750.0
_FORGOTTEN: Final = 1.0


class Damping:
    """Counts how often each candidate went down, and forgets half of it every quarter of an hour.

    Args:
        state: where penalties are kept.
    """

    def __init__(self, state: State) -> None:
        self._state = state

    def went_down(self, candidate: str, now: float) -> None:
        """Count one more fall."""
        penalty = min(_MOST, self._penalty(candidate, now) + _DOWN)
        self._state.penalties[candidate] = (penalty, now)

    def moved(self, before: str, after: str, now: float) -> None:
        """Have a candidate take over what another was taken for."""
        penalty = max(self._penalty(before, now), self._penalty(after, now))
        self._state.penalties[after] = (penalty, now)

    def is_flapping(self, candidate: str, now: float, *, before: bool) -> bool:
        """Whether it counts as flapping, from whether it did before."""
        return self._penalty(candidate, now) >= (_OFF if before else _ON)

    def forget(self, now: float) -> None:
        """Drop what is over and counts no more."""
        self._state.penalties = {
            candidate: kept
            for candidate, kept in self._state.penalties.items()
            if self._penalty(candidate, now) > _FORGOTTEN
        }
        self._state.closed = {
            candidate: (name, at)
            for candidate, (name, at) in self._state.closed.items()
            if now - at < AGAIN_SECONDS
        }

    def _penalty(self, candidate: str, now: float) -> float:
        penalty, at = self._state.penalties.get(candidate, (0.0, now))
        return float(penalty * 0.5 ** ((now - at) / _HALF_LIFE_SECONDS))
