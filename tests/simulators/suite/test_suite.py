"""The suite: the reference watchers on real runs, scored side by side."""

import json
import signal
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from simulators.cli import main as simulate
from simulators.commands.arguments import seeds
from simulators.scenarios.reader import load_scenario
from simulators.suite.plan import default_scenarios, longest_first, make_tasks
from tests.simulators.suite.test_pipe import wait_for
from tests.simulators.suite.test_process import running
from tests.simulators.suite.trial import SCALE, write_scenario
from tests.waiting import DEADLINE

SILENT = "quiet=/bin/sh -c 'cat {events} > /dev/null; : > {out}'"


def command(scenario: Path, *arguments: str | Path) -> list[str]:
    return [
        *(sys.executable, "-m", "simulators", "suite", "--scenarios", str(scenario)),
        *("--scale", str(SCALE), *map(str, arguments)),
    ]


def run_suite(scenario: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(scenario, *arguments), capture_output=True, text=True, check=False
    )


def test_the_plan_has_each_scenario_with_each_seed() -> None:
    tasks = make_tasks(["storm", "clock-step"], (1, 2), 0.1)
    assert [(task.source, task.seed) for task in tasks] == [
        ("storm", 1),
        ("storm", 2),
        ("clock-step", 1),
        ("clock-step", 2),
    ]
    assert [task.restarts for task in tasks] == [True, True, False, False]
    # An hour of 30 s intervals, twice, for a tenth of 7,900 devices.
    assert tasks[2].lines == 2 * 120 * 790
    assert [task.source for task in longest_first(tasks[::2])] == ["storm", "clock-step"]


def test_the_default_is_what_has_a_number_and_the_quiet_week() -> None:
    numbers = {name: load_scenario(name).number for name in default_scenarios()}
    assert [name for name, number in numbers.items() if not number] == ["quiet-week"]
    assert set(numbers.values()) == set(range(26))


@pytest.mark.parametrize(
    ("text", "chosen"),
    [("1", (1,)), ("3", (1, 2, 3)), ("4,5", (4, 5)), ("4-6", (4, 5, 6)), ("9,2-3", (9, 2, 3))],
)
def test_seeds_are_chosen_by_number_list_or_range(text: str, chosen: tuple[int, ...]) -> None:
    assert seeds(text) == chosen


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0", "'0' is not a whole number above zero"),
        ("", "'' in '' is neither a seed such as 4 nor a range such as 4-10"),
        ("4;5", "'4;5' in '4;5' is neither a seed such as 4 nor a range such as 4-10"),
        ("4,,5", "'' in '4,,5' is neither a seed such as 4 nor a range such as 4-10"),
        ("9-4", "'9-4' in '9-4': a range goes upwards, and seeds begin with 1"),
        ("0-4", "'0-4' in '0-4': a range goes upwards, and seeds begin with 1"),
        ("4,3-5", "seed 4 is in '4,3-5' twice"),
        ("1-9999", "'1-9999' is more than 1000 seeds"),
    ],
)
def test_seeds_that_mean_nothing_are_refused_by_name(text: str, problem: str) -> None:
    with pytest.raises(ArgumentTypeError) as caught:
        seeds(text)
    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("storm,,calm", "--scenarios 'storm,,calm': a name is missing beside a comma"),
        ("storm,storm", "--scenarios 'storm,storm': storm is there twice"),
    ],
)
def test_scenarios_that_mean_nothing_are_refused_by_name(
    text: str, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulate(["suite", "--scenarios", text]) == 2
    assert problem in capsys.readouterr().err


def test_watchers_stand_side_by_side(tmp_path: Path) -> None:
    out = tmp_path / "out"
    scenario = write_scenario(tmp_path, twin=True)
    done = run_suite(scenario, "--watcher", SILENT, "--out", out, "--seeds", "2")
    assert done.returncode == 0, done.stderr
    assert "[2/2] trial" in done.stderr
    heads = [line.split() for line in done.stdout.splitlines()]
    assert ["scenario", "naive", "static", "quiet"] in heads
    assert ["metric", "naive", "static", "quiet", "target", "deadman"] in heads
    report = json.loads((out / "suite.json").read_text())
    assert [run["seed"] for run in report["runs"]] == [1, 2]
    assert report["watchers"]["quiet"]["composite"] < 15
    gate = report["watchers"]["quiet"]["gates"]["time robustness"]
    assert gate["verdict"] == "passed"
    assert ET.parse(out / "trial-1" / "naive.svg").getroot().tag.endswith("svg")  # noqa: S314 - ours
    assert (out / "trial-2" / "twin" / "naive.jsonl").exists()


def test_a_watcher_that_fails_is_named_and_has_no_score(tmp_path: Path) -> None:
    failing = "broken=/bin/sh -c 'cat {events} > /dev/null; echo oops > {out}; exit 7'"
    done = run_suite(write_scenario(tmp_path), "--watcher", failing, "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    first, second = report["runs"][0]["problems"]
    assert first == "trial 1: watcher broken: ended with code 7"
    assert "Invalid JSON" in second
    assert report["failed"] == report["runs"][0]["failed"] == ["broken"]
    assert list(report["watchers"]) == list(report["runs"][0]["watchers"]) == ["naive", "static"]


def test_a_run_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    scenario = tmp_path / "nowhere.yaml"
    scenario.write_text(write_scenario(tmp_path).read_text().replace("kind: village", "code: x"))
    done = run_suite(scenario)
    assert done.returncode == 1
    assert "no run could be made" in done.stdout
    assert "nowhere 1: the generator ended with code 2" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_suite_and_all_it_started(number: signal.Signals, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    slow = f"slow=/bin/sh -c 'mkfifo {{state}}; echo $$ > {pid}; cat {{state}} {{events}} {{out}}'"
    scenario = write_scenario(tmp_path)
    with subprocess.Popen(
        command(scenario, "--watcher", slow), stderr=subprocess.PIPE, text=True
    ) as suite:
        try:
            wait_for(lambda: pid.exists() and bool(pid.read_text()))
            suite.send_signal(number)
            _, said = suite.communicate(timeout=DEADLINE)
        finally:
            suite.kill()
    assert suite.returncode == 1
    assert said.splitlines()[-1] == "stopped"
    assert not running(int(pid.read_text()))
