"""A short scenario for the tests of the suite, and small watchers made of shell."""

from pathlib import Path

from simulators.suite.contestants import Contestant
from simulators.suite.run import RunPlan
from tests.waiting import DEADLINE

_SCENARIO = """\
title: A trial
story: One village is cut{restarted}.
start: 2026-03-02T08:00:00+07:00
lasts: 20m
{twin}
faults:
  - fault: cut
    name: village
    at: 6m
    lasts: 8m
    target: {{kind: village}}
"""
_RESTART = """\
  - fault: restart_watcher
    name: restart
    at: 10m
"""

SCALE = 0.01


def write_scenario(directory: Path, *, restart: bool = False, twin: bool = False) -> Path:
    """Write the scenario into a file; return its path."""
    path = directory / "trial.yaml"
    text = _SCENARIO.format(
        restarted=", and watchers are restarted" if restart else "",
        twin="twin: true" if twin else "",
    )
    path.write_text(text + (_RESTART if restart else ""))
    return path


def make_plan(
    scenario: Path, *, restarts: bool = False, deadline_seconds: float = DEADLINE
) -> RunPlan:
    """Return the plan of a run of that scenario."""
    return RunPlan(
        str(scenario), 1, SCALE, restarts=restarts, faults=True, deadline_seconds=deadline_seconds
    )


def shell(name: str, script: str) -> Contestant:
    """Return a watcher that is a shell script; $1 is its events, $2 its out, $3 its state."""
    return Contestant(name, ("/bin/sh", "-c", script, name, "{events}", "{out}", "{state}"))
