"""Progress: one line on standard error for each run that is done, with the time left."""

import sys
import time
from collections.abc import Callable, Sequence
from typing import Final, TextIO

from simulators.suite.plan import Task
from simulators.suite.report import FAILED, cell
from simulators.suite.service import Result

_MINUTE_SECONDS: Final = 60


class ProgressLines:
    """Says what is done.

    Args:
        tasks: all there are.
        jobs: how many are done at a time.
        file: gets the lines.
        clock: seconds.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        jobs: int,
        file: TextIO = sys.stderr,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tasks = len(tasks)
        self._lines = sum(task.lines for task in tasks)
        self._longest = max((task.lines for task in tasks), default=0)
        self._jobs = jobs
        self._file = file
        self._clock = clock
        self._began = clock()
        self._done_tasks = 0
        self._done_lines = 0
        self._done_seconds = 0.0

    def __call__(self, result: Result) -> None:
        """Say that a run is done."""
        self._done_tasks += 1
        self._done_lines += result.task.lines
        self._done_seconds += result.seconds
        told = {name: cell(evidence).rstrip() for name, evidence in result.evidence.items()}
        told |= dict.fromkeys(sorted(result.failed), FAILED)
        scores = ", ".join(f"{name} {score}" for name, score in told.items())
        name = f"{result.task.scenario.name} {result.task.seed}"
        count = f"[{self._done_tasks}/{self._tasks}]"
        print(
            f"{count} {name}: {scores or 'no run'}; {_time(self._left())} left",
            *result.problems,
            sep="\n  ",
            file=self._file,
            flush=True,
        )

    def _left(self) -> float:
        """Return the seconds left: all work at the pace of what is done, shared by all hands.

        The longest run is one pair of hands' work, however many there are.
        """
        if self._done_tasks == self._tasks:
            return 0.0
        pace = self._done_seconds / max(self._done_lines, 1)
        whole = max(self._lines * pace / self._jobs, self._longest * pace)
        return max(0.0, whole - (self._clock() - self._began))


def _time(seconds: float) -> str:
    if seconds < _MINUTE_SECONDS:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE_SECONDS:.0f} min"
