"""Truth logs: what is read, and what is said of a file that is wrong."""

from pathlib import Path

import pytest

from simulators.score.errors import LogError
from simulators.score.truth import read_truth
from tests.simulators.score.make import (
    Object,
    blind_line,
    fault_line,
    moment,
    run_line,
    state_line,
    written,
)


def test_every_kind_of_line_is_read(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text(
        written(
            run_line(restart="2026-03-02T08:30:00+07:00"),
            fault_line("cut", 10, 40, crossed=None),
            state_line("v1", 10, 40),
            blind_line(50, 51),
            {"kind": "weather", "rain_mm": 80},
            {"kind": "events", "lines": 12, "sha256": "ab"},
        )
    )
    truth = read_truth(path)
    assert truth.run.interval == 30_000
    assert truth.run.restart == moment(30)
    assert truth.run.device_count == 12
    assert truth.faults[0].villages == {"v1"}
    assert truth.states_of["v1"][0].end == moment(40)
    assert truth.blinds[0].start == moment(50)
    assert truth.events is not None
    assert truth.events.lines == 12


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "truth.jsonl:1: the first line must be of kind 'run'"),
        ([fault_line("cut", 10, 40)], "truth.jsonl:1: the first line must be of kind 'run'"),
        ([run_line(), run_line()], "truth.jsonl:2: a second line of kind 'run'"),
        ([run_line(format="srepok-truth/2")], "truth.jsonl:1: format: Input should be"),
        ([run_line(), state_line("v9", 1, 2)], "truth.jsonl:2: village 'v9' is not one of the"),
        (
            [run_line(), fault_line("cut", 10, 40), fault_line("cut", 50, 60)],
            "truth.jsonl:3: fault 'cut' is there already",
        ),
        ([run_line(), fault_line("cut", 10, 4)], "truth.jsonl:2: fault 'cut' ends before"),
        (
            [run_line(), {**fault_line("cut", 10, 40), "onset": "10:00"}],
            "truth.jsonl:2: onset: Value error, '10:00' is not RFC 3339",
        ),
        (
            [run_line(), {**fault_line("cut", 10, 40), "onset": 1_772_413_200}],
            "truth.jsonl:2: onset: Value error, 1772413200 is not a time such as",
        ),
        (
            [run_line(), fault_line("cut", 10, 40, category="province")],
            "truth.jsonl:2: category: Input should be 'area'",
        ),
    ],
)
def test_a_wrong_line_is_named(lines: list[Object], message: str, tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text(written(*lines))
    with pytest.raises(LogError) as caught:
        read_truth(path)
    assert str(caught.value).startswith(f"{tmp_path}/{message}")


def test_what_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "truth.jsonl"
    path.write_text(written(run_line()) + "\n{\n")
    with pytest.raises(LogError, match=r"truth\.jsonl:3: Invalid JSON"):
        read_truth(path)
