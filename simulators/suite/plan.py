"""The plan of a suite: which scenarios, with which seeds, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.scenarios.model import RestartWatcher, Scenario
from simulators.scenarios.reader import load_scenario, read_scenario, scenario_names

QUIET: Final = "quiet-week"
"""The most important run: nothing happens."""

_DEVICES: Final = 7_900
"""Of the whole province, about."""


@dataclass(frozen=True, slots=True)
class Task:
    """One scenario with one seed.

    Attributes:
        source: a name of the library, or a YAML file.
        scenario: what it says.
        seed: of the run.
        lines: of events to expect, about; its twin's included.
    """

    source: str
    scenario: Scenario
    seed: int
    lines: int

    @property
    def restarts(self) -> bool:
        """Whether watchers are restarted in it."""
        return any(isinstance(fault, RestartWatcher) for fault in self.scenario.faults)


def default_scenarios() -> Sequence[str]:
    """Return the names of the numbered scenarios of the library, and of the quiet week."""
    names = scenario_names()
    return [name for name in names if name == QUIET or load_scenario(name).number]


def make_tasks(sources: Sequence[str], seeds: Sequence[int], scale: float) -> Sequence[Task]:
    """Return a task for each scenario and each seed.

    Raises:
        ScenarioError: there is no such scenario, or its file has problems.
        OSError: its file cannot be read.
    """
    return [_task(source, seed, scale) for source in sources for seed in seeds]


def longest_first(tasks: Sequence[Task]) -> Sequence[Task]:
    """Return tasks in the order in which several hands are done the soonest."""
    return sorted(tasks, key=lambda task: -task.lines)


def _task(source: str, seed: int, scale: float) -> Task:
    is_file = source.endswith((".yaml", ".yml"))
    scenario = read_scenario(Path(source)) if is_file else load_scenario(source)
    reports = scenario.lasts / scenario.conditions.interval * _DEVICES * scale
    return Task(source, scenario, seed, round(reports * (2 if scenario.twin else 1)))
