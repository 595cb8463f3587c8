"""`python -m simulators list`."""

import argparse
from pathlib import Path

import pytest

from simulators.commands import list as command
from simulators.scenarios.errors import ScenarioError
from simulators.scenarios.reader import scenario_names
from tests.simulators.scenarios.make import make_cut, make_text


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.configure(parser.add_subparsers(required=True), "")
    options = parser.parse_args(["list", *arguments])
    code: int = options.run(options, {})
    return code


def test_the_table_has_a_line_for_each_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["number", "name", "lasts", "title"]
    assert [line.split()[0 if line.startswith(" ") else 1] for line in lines] == [*scenario_names()]
    assert "1       feeder-cut" in lines[0]
    assert "2h15m  Mains cut on a feeder" in lines[0]


def test_a_page_has_story_truth_expectation_and_timeline(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("maintenance-overrun") == 0
    page = capsys.readouterr().out
    for words in (
        "maintenance-overrun (number 23): Planned maintenance that overruns",
        "2h45m from 2026-03-24 08:00 on, a report every 30s",
        "What happens",
        "What is true",
        "What a good watcher does",
        "03-24 08:45:00  +45m    1h   work     record    cut          planned=true",
        "planned=true [same_as=window]",
    ):
        assert words in page


def test_a_page_says_in_what_the_province_differs(capsys: pytest.CaptureFixture[str]) -> None:
    run("storm")
    assert "a report every 30s, wrong_edges 5%" in capsys.readouterr().out


def test_a_page_of_a_file_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(make_text(make_cut("ring", "kind: olt, share: 5%")))
    assert run(str(path)) == 0
    assert "cut  [kind=olt share=5%]" in capsys.readouterr().out


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(ScenarioError, match="there is no scenario 'strom'; did you mean 'storm'"):
        run("strom")


def test_files_are_checked_and_all_their_problems_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(make_text(make_cut("a", "kind: olt")))
    bad.write_text(make_text(make_cut("a", "kind: olt", at="1m") + make_cut("a", "kind: oltt")))
    assert run("--check", str(good)) == 0
    assert run("--check", str(bad), str(good)) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [f"{good}: 1 faults"] * 2
    assert [line.rpartition("bad.yaml")[2][:3] for line in said.err.splitlines()] == [
        *(":6:", ":7:", ":7:")
    ]
