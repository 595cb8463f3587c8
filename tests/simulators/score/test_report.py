"""Reports and the command: a table for people, JSON for machines, a picture."""

import argparse
import json
from pathlib import Path

import pytest

from simulators.commands import score
from simulators.score.evidence import Cost, gather
from simulators.score.metrics import metrics
from simulators.score.report import as_json, as_table, columns, number
from tests.simulators.score.make import (
    blind_line,
    clearing,
    fault_line,
    held,
    make_log,
    make_truth,
    opening,
    run_line,
    state_line,
    written,
)

LINES = [fault_line("cut", 30, 60), state_line("v1", 30, 60), blind_line(70, 72)]
SAID = [opening(31), held(31, "dark", since=30), clearing(61), opening(90, "wrong")]


def test_every_metric_is_there_in_the_same_order_with_or_without_evidence() -> None:
    some = metrics(gather(make_truth(*LINES), make_log(*SAID), cost=Cost(2.0, 60, 1_000_000)))
    none = metrics(gather(make_truth(), make_log()))
    assert [metric.name for metric in some] == [metric.name for metric in none]
    assert len({metric.name for metric in some}) == len(some)


def test_metrics_say_whether_they_meet_their_targets() -> None:
    evidence = gather(make_truth(*LINES), make_log(*SAID), cost=Cost(2.0, 60, 1_000_000))
    found = {metric.name: metric for metric in metrics(evidence)}
    assert found["precision"].value == 0.5
    assert found["precision"].met is False
    assert found["recall, village, 3 devices"].met is True
    assert found["detection time, village, 3 devices, p50"].value == 2
    assert found["time to clear, p50"].value == 2
    assert found["false clears"].value == 0
    assert found["CPU for 1,000 lines"].value == 2
    assert found["peak memory"].value == 60
    assert found["recall, area"].met is None


def test_times_of_degradations_are_in_minutes() -> None:
    fault = fault_line("slow", 30, 90, category="degradation")
    found = metrics(gather(make_truth(fault), make_log(opening(42))))
    (metric,) = [each for each in found if each.name == "detection time, degradation, step, p50"]
    assert (metric.value, metric.unit, metric.met) == (12, "min", False)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "-"), (0.0, "0"), (0.12345, "0.123"), (2.0, "2"), (12345.6, "12,346"), (2.345, "2.35")],
)
def test_figures_have_as_many_digits_as_matter(value: float | None, text: str) -> None:
    assert number(value) == text


def test_columns_stand_below_each_other() -> None:
    rows = [["name", "value"], ["a", "10"], ["longer", "9"]]
    assert columns(rows) == ["name    value", "a          10", "longer      9"]


def test_the_table_shows_score_parts_gates_metrics_and_faults() -> None:
    table = as_table(gather(make_truth(*LINES), make_log(*SAID)), "a run")
    for part in ("a run\n\nscore ", "recall", "pipeline safety  not tested", "precision"):
        assert part in table
    assert "made/1/cut  village, 3 devices" in table


def test_a_missed_fault_and_a_failed_gate_are_said() -> None:
    broker = fault_line("broker", 30, 31, category="pipeline", villages=[])
    lines = [{**broker, "class": "pipeline"}, fault_line("cut", 100, 130)]
    table = as_table(gather(make_truth(*lines), make_log(opening(31, "i9"))), "a run")
    assert "a gate failed" in table
    assert "failed: 1, such as: incident 'i9' was opened in pipeline fault 'broker'" in table
    assert "missed" in table


def test_json_has_everything_and_is_json() -> None:
    report = json.loads(json.dumps(as_json(gather(make_truth(*LINES), make_log(*SAID)))))
    assert report["parts"]["recall"] == {"weight": 25, "credit": 1.0}
    assert report["gates"]["restart"]["verdict"] == "not tested"
    assert report["faults"][0]["delay"] == 60_000
    assert report["composite"] == report["composite_without_gates"]


def run_command(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    score.configure(parser.add_subparsers(), "")
    options = parser.parse_args(["score", *map(str, arguments)])
    code: int = options.run(options, {})
    return code


def test_the_command_prints_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, incidents, svg = (tmp_path / name for name in ("t.jsonl", "i.jsonl", "t.svg"))
    truth.write_text(written(run_line(), *LINES))
    incidents.write_text(written(*SAID))
    files: list[str | Path] = ["--truth", truth, "--incidents", incidents]
    assert run_command(*files, "--svg", svg) == 0
    assert "made, seed 1" in capsys.readouterr().out
    assert svg.read_text().startswith("<svg")
    assert run_command(*files, "--twin", incidents, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["gates"]["time robustness"]["verdict"] == "passed"
