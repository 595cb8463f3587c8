"""The suite: runs, each watched by all and scored at once, several at a time."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Final

from simulators.score.evidence import Cost, Evidence, gather
from simulators.score.incidents import IncidentLog, salvage_incidents
from simulators.score.matching import match
from simulators.score.timeline import draw_timeline
from simulators.score.truth import Truth, read_truth
from simulators.suite.contestants import Contestant
from simulators.suite.errors import RunError, Stopped
from simulators.suite.plan import Task, longest_first
from simulators.suite.run import Played, RunPlan, play
from simulators.suite.seat import Attendance

_LEAST_SECONDS: Final = 120.0
_SECONDS_A_LINE: Final = 0.0002
_LOOK_SECONDS: Final = 0.5
"""A signal that the system gives to another thread is looked for so often: it wakes nobody here."""


@dataclass(frozen=True, slots=True)
class SuiteOptions:
    """How a suite is run.

    Attributes:
        scale: of the province.
        jobs: how many runs at a time.
        deadline_seconds: wall time after which a run waits for no watcher any more; None for
            two minutes, and a fifth of a second for each 1,000 lines to expect.
        pictures: draw a timeline of each run and watcher.
    """

    scale: float
    jobs: int
    deadline_seconds: float | None = None
    pictures: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one task.

    Attributes:
        task: the task.
        evidence: of each watcher that got to the end, by name; none if the run could not be made.
        problems: what went wrong, in words, each with the name of who is to blame.
        seconds: wall time that it took.
        failed: names of the watchers that did not get to the end; what they wrote is no measure.
    """

    task: Task
    evidence: Mapping[str, Evidence]
    problems: Sequence[str]
    seconds: float
    failed: frozenset[str] = frozenset()


Progress = Callable[[Result], None]
"""Is called with each result as it comes."""


def run_suite(
    tasks: Sequence[Task],
    contestants: Sequence[Contestant],
    directory: Path,
    options: SuiteOptions,
    progress: Progress,
) -> Sequence[Result]:
    """Make every run; return the results in the order of the tasks.

    Whatever ends it early, a signal too, ends every process that it started.

    Args:
        tasks: the runs.
        contestants: the watchers.
        directory: each run leaves its files in a folder of its own there.
        options: how.
        progress: is told of each result.
    """
    stop = Event()
    with ThreadPoolExecutor(options.jobs, "suite") as pool:
        futures: dict[Future[Result], Task] = {
            pool.submit(_perform, task, contestants, directory, options, stop): task
            for task in longest_first(tasks)
        }
        try:
            left = set(futures)
            while left:
                done, left = wait(left, _LOOK_SECONDS, FIRST_COMPLETED)
                for future in done:
                    progress(future.result())
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)
    results = {id(task): future.result() for future, task in futures.items()}
    return [results[id(task)] for task in tasks]


def _perform(
    task: Task,
    contestants: Sequence[Contestant],
    directory: Path,
    options: SuiteOptions,
    stop: Event,
) -> Result:
    if stop.is_set():
        raise Stopped("stopped")
    began = time.monotonic()
    result = _result(task, contestants, directory, options, stop)
    return replace(result, seconds=time.monotonic() - began)


def _result(
    task: Task,
    contestants: Sequence[Contestant],
    directory: Path,
    options: SuiteOptions,
    stop: Event,
) -> Result:
    """Return what came of a task, without its time."""
    folder = directory / f"{task.scenario.name}-{task.seed}"
    seconds = options.deadline_seconds or _LEAST_SECONDS + _SECONDS_A_LINE * task.lines
    plan = RunPlan(task.source, task.seed, options.scale, task.restarts, True, seconds)  # noqa: FBT003 - with faults
    try:
        played = play(plan, contestants, folder, stop)
        twin = None
        if task.scenario.twin:
            twin = play(replace(plan, faults=False), contestants, folder / "twin", stop)
    except RunError as error:
        return Result(task, {}, [f"{task.scenario.name} {task.seed}: {error}"], 0)
    return _Scoring(task, folder, played, twin, pictures=options.pictures).result()


class _Scoring:
    """Scores what the watchers said of one run."""

    def __init__(
        self, task: Task, folder: Path, played: Played, twin: Played | None, *, pictures: bool
    ) -> None:
        self._task = task
        self._folder = folder
        self._played = played
        self._twin = twin
        self._pictures = pictures
        self._problems: list[str] = []
        self._failed: set[str] = set()

    def result(self) -> Result:
        truth = read_truth(self._played.truth)
        scores = {name: self._score(truth, name) for name in self._played.attendances}
        evidence = {name: each for name, each in scores.items() if name not in self._failed}
        return Result(self._task, evidence, self._problems, 0, frozenset(self._failed))

    def _score(self, truth: Truth, name: str) -> Evidence:
        attendance = self._played.attendances[name]
        log = self._read(name, attendance)
        twin = self._read(name, self._twin.attendances[name]) if self._twin else None
        matching = match(truth, log)
        if self._pictures:
            title = f"{truth.run.scenario}, seed {truth.run.seed}: {name}"
            picture = draw_timeline(truth, matching, title)
            (self._folder / f"{name}.svg").write_text(picture, encoding="utf-8")
        lines = truth.events.lines if truth.events else 0
        cost = attendance.cost + Cost(lines=lines)
        return gather(truth, log, twin, cost, matching)

    def _read(self, name: str, attendance: Attendance) -> IncidentLog:
        """Return what a watcher wrote, as far as it can be read; note what went wrong."""
        log, problem = salvage_incidents(attendance.incidents)
        if attendance.failure is not None:
            self._failed.add(name)
        for each in (attendance.failure, problem):
            if each is not None:
                where = f"{self._task.scenario.name} {self._task.seed}"
                self._problems.append(f"{where}: watcher {name}: {each}")
        return log
