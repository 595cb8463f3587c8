"""Runs: the generator writes one run into FIFOs, and every watcher reads its own."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import Final

from simulators.suite.contestants import Contestant
from simulators.suite.errors import RunError, Stopped
from simulators.suite.process import Process
from simulators.suite.seat import Attendance, Seat

_LOOK_SECONDS: Final = 0.02


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One run to make.

    Attributes:
        scenario: a name of the library, or a YAML file.
        seed: of the run.
        scale: of the province.
        restarts: watchers are restarted in it.
        faults: false for the twin in which nothing breaks.
        deadline_seconds: wall time after which it waits for no watcher any more.
    """

    scenario: str
    seed: int
    scale: float
    restarts: bool
    faults: bool
    deadline_seconds: float


@dataclass(frozen=True, slots=True)
class Played:
    """What a run left behind: the truth log, and what each watcher did."""

    truth: Path
    attendances: Mapping[str, Attendance]


def play(
    plan: RunPlan,
    contestants: Sequence[Contestant],
    directory: Path,
    stop: Event,
    clock: Callable[[], float] = time.monotonic,
) -> Played:
    """Make a run, watched by all.

    Args:
        plan: the run.
        contestants: the watchers.
        directory: where everything is left; made if need be.
        stop: ends it before its time.
        clock: seconds, for the deadline.

    Raises:
        RunError: the generator failed.
        Stopped: `stop` was set.
    """
    directory.mkdir(parents=True, exist_ok=True)
    inventory = directory / "inventory.jsonl"
    truth = directory / "truth.jsonl"
    with ExitStack() as stack:
        passing = Path(stack.enter_context(TemporaryDirectory(prefix="srepok-suite-")))
        parts = 2 if plan.restarts else 1
        seats = {
            each.name: Seat(each, directory, passing, parts, inventory) for each in contestants
        }
        for seat in seats.values():
            stack.callback(seat.close)
        arguments = _arguments(plan, list(seats.values()), truth, inventory)
        generator = Process(arguments, passing / "generator.stderr")
        stack.callback(generator.kill)
        _Course(generator, list(seats.values()), plan.deadline_seconds, stop, clock).go()
        return Played(truth, {name: seat.attendance() for name, seat in seats.items()})


def _arguments(plan: RunPlan, seats: Sequence[Seat], truth: Path, inventory: Path) -> list[str]:
    arguments = [sys.executable, "-m", "simulators", "run", plan.scenario]
    arguments += ["--seed", str(plan.seed), "--scale", str(plan.scale)]
    arguments += ["--truth", str(truth), "--inventory", str(inventory)]
    for seat in seats:
        for option, pipe in zip(("--events", "--restart-events"), seat.pipes, strict=False):
            arguments += [option, str(pipe.path)]
    if not plan.faults:
        arguments.append("--without-faults")
    return arguments


class _Course:
    """A run under way."""

    def __init__(
        self,
        generator: Process,
        seats: Sequence[Seat],
        deadline_seconds: float,
        stop: Event,
        clock: Callable[[], float],
    ) -> None:
        self._generator = generator
        self._seats = seats
        self._seconds = deadline_seconds
        self._stop = stop
        self._clock = clock
        self._deadline = clock() + deadline_seconds

    def go(self) -> None:
        """See the run to its end."""
        self._wait_for(lambda: self._written() or any(s.pipes[0].waiting() for s in self._seats))
        # The inventory is complete once the first event is there.
        for seat in self._seats:
            seat.start()
        self._wait_for(self._finished)
        self._wait_for(self._written)

    def _wait_for(self, reached: Callable[[], bool]) -> None:
        while not reached():
            if self._stop.wait(_LOOK_SECONDS):
                raise Stopped("stopped")
            if self._clock() > self._deadline:
                self._give_up_late()

    def _finished(self) -> bool:
        written = self._written()
        for seat in self._seats:
            seat.step(written=written)
        return all(seat.over for seat in self._seats)

    def _written(self) -> bool:
        code = self._generator.poll()
        if code:
            raise RunError(f"the generator ended with code {code}: {self._generator.last_words()}")
        return code is not None

    def _give_up_late(self) -> None:
        """Stop the watchers that the others wait for; the others get as much time again."""
        written = self._written()
        late = [seat for seat in self._seats if seat.is_late(written=written)]
        if not late:
            raise RunError(f"the generator did not get done in {self._seconds:.0f} s")
        for seat in late:
            seat.stop()
        self._deadline = self._clock() + self._seconds
