"""The schedule: what is to happen, in order of time."""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any, Final

NEVER: Final = 2**62
"""A time, in milliseconds, after every run."""

Action = Callable[[int, Any], None]
"""Takes the time at which it happens, and what it was planned with."""


class Schedule:
    """Things to happen; those planned for one time happen in the order they were planned.

    Args:
        now: where time stands, in milliseconds.
    """

    def __init__(self, now: int) -> None:
        self.now = now
        self._heap: list[tuple[int, int, Action, Any]] = []
        self._planned = 0

    @property
    def next_at(self) -> int:
        """When the next thing happens; `NEVER` if nothing is planned."""
        return self._heap[0][0] if self._heap else NEVER

    def plan(self, at: int, action: Action, argument: Any = None) -> None:  # noqa: ANN401 - the action's own
        """Have something happen; what lies in the past happens now."""
        self._planned += 1
        heappush(self._heap, (max(at, self.now), self._planned, action, argument))

    def step(self) -> None:
        """Have the next thing happen."""
        at, _, action, argument = heappop(self._heap)
        self.now = at
        action(at, argument)

    def run(self, until: int) -> None:
        """Have everything happen that is planned for before `until`."""
        heap = self._heap
        while heap and heap[0][0] < until:
            at, _, action, argument = heappop(heap)
            self.now = at
            action(at, argument)
        self.now = until
