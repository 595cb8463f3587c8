"""The report of a suite, and its lines of progress."""

import io
import json
from dataclasses import replace

from simulators.score.evidence import Evidence, gather
from simulators.suite.plan import Task, make_tasks
from simulators.suite.progress import ProgressLines
from simulators.suite.report import as_object, as_text, cell
from simulators.suite.service import Result
from tests.simulators.score.make import clearing, fault_line, make_log, make_truth, opening

CUT = make_truth(fault_line("cut", 30, 60))
TOLD = gather(CUT, make_log(opening(30), clearing(60)))
MISSED = gather(CUT, make_log())
QUIET = gather(make_truth(), make_log())
NOISY = gather(make_truth(), make_log(opening(30)))


def results() -> list[Result]:
    storm, clock, card = make_tasks(["storm", "clock-step", "olt-card"], (1,), 0.1)
    return [
        Result(storm, {"good": TOLD, "bad": MISSED}, [], 30),
        Result(clock, {"good": QUIET, "bad": NOISY}, [], 30),
        Result(card, {}, ["olt-card 1: the generator ended with code 1"], 30),
    ]


def task() -> Task:
    return results()[0].task


def gated() -> Evidence:
    broker = fault_line("broker", 30, 31, category="pipeline", villages=[])
    return gather(make_truth({**broker, "class": "pipeline"}), make_log(opening(30)))


def test_scenarios_stand_by_watchers_and_everything_is_pooled() -> None:
    lines = [line.split() for line in as_text(results()).splitlines()]
    assert ["scenario", "good", "bad"] in lines
    assert ["storm", "100.0", "0.0"] in lines
    assert ["clock-step", "0", "wrong", "1", "wrong"] in lines
    assert ["olt-card", "-", "-"] in lines
    assert ["ALL,", "pooled", "100.0", "0.0"] in lines
    assert ["recall", "1", "0", "25"] in lines
    assert ["restart", "not", "tested", "not", "tested"] in lines
    assert ["precision", "1", "0", ">=", "0.95", "0.02-0.06"] in lines


def test_a_watcher_that_failed_in_one_run_has_no_score_there_and_none_of_all() -> None:
    storm, clock, card = results()
    said = "clock-step 1: watcher bad: ended with code 1"
    clock = replace(clock, evidence={"good": QUIET}, problems=[said], failed=frozenset({"bad"}))
    lines = [line.split() for line in as_text([storm, clock, card]).splitlines()]
    assert ["scenario", "good", "bad"] in lines
    assert ["storm", "100.0", "0.0"] in lines
    assert ["clock-step", "0", "wrong", "failed"] in lines
    assert ["ALL,", "pooled", "100.0", "failed"] in lines
    assert ["recall", "1", "25"] in lines
    assert lines[-3:] == [["what", "went", "wrong"], said.split(), card.problems[0].split()]


def test_a_failed_gate_is_marked() -> None:
    assert cell(gated()) == "0.0 !"
    assert cell(None) == "-"


def test_json_has_every_run_and_every_watcher() -> None:
    report = json.loads(json.dumps(as_object(results(), 0.1)))
    assert [run["scenario"] for run in report["runs"]] == ["storm", "clock-step", "olt-card"]
    assert report["runs"][2]["problems"] == ["olt-card 1: the generator ended with code 1"]
    assert report["watchers"]["good"]["composite"] == 100
    assert report["watchers"]["bad"]["parts"]["precision"]["credit"] == 0


def test_a_suite_without_a_run_says_so() -> None:
    assert as_text(results()[2:]).splitlines() == [
        "no run could be made",
        "olt-card 1: the generator ended with code 1",
    ]


def progress_of(jobs: int, clock: list[float]) -> list[str]:
    said = io.StringIO()
    moments = iter(clock)
    done = results()
    progress = ProgressLines([result.task for result in done], jobs, said, lambda: next(moments))
    for result in done:
        progress(result)
    return said.getvalue().splitlines()


def test_progress_tells_scores_and_problems() -> None:
    lines = progress_of(1, [0.0, 30, 60, 90])
    assert [line.rpartition(";")[0] for line in lines[:3]] == [
        "[1/3] storm 1: good 100.0, bad 0.0",
        "[2/3] clock-step 1: good 0 wrong, bad 1 wrong",
        "[3/3] olt-card 1: no run",
    ]
    assert lines[3] == "  olt-card 1: the generator ended with code 1"


def test_progress_tells_of_a_watcher_that_failed() -> None:
    said = io.StringIO()
    result = replace(results()[0], evidence={"good": TOLD}, failed=frozenset({"bad"}))
    ProgressLines([result.task], 1, said, lambda: 0.0)(result)
    assert said.getvalue() == "[1/1] storm 1: good 100.0, bad failed; 0 s left\n"


def test_the_time_left_is_told_by_the_pace_of_what_is_done() -> None:
    # The storm is 284,400 lines, the clocks with their twin 189,600, the card 126,400.
    def left(jobs: int, *clock: float) -> list[str]:
        return [line.rpartition("; ")[2] for line in progress_of(jobs, [0.0, *clock])[:3]]

    assert left(1, 30, 60, 90) == ["33 s left", "16 s left", "0 s left"]
    assert left(2, 20, 30, 40)[:2] == ["12 s left", "8 s left"]
    assert left(9, 20, 30, 40)[:2] == ["10 s left", "6 s left"]
