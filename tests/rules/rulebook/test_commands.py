"""`rules check` and `rules test`, as a person runs them."""

from pathlib import Path

import pytest

from rules.cli import main
from rules.rulebook.reader import SHIPPED, read_rulebook
from runtime.arguments import FAILED, OK, USAGE
from tests.rules.rulebook.test_reader import GOOD

INVENTORY = SHIPPED / "tests" / "commune.jsonl"

TIMELINES = """\
rulebook: book.yaml
tests:
  - test: it rises
    devices: {d: {commune: "24133"}}
    input:
      - {device: d, metric: water_level_m, values: "4x5 6x20"}
    expect:
      - {at: 5m, alerts: []}
      - at: 20m
        alerts:
          - {rule: water/high, device: d, severity: major, summary: {en: "d 6.0 water"}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "book.yaml").write_text(GOOD)
    (tmp_path / "t.yaml").write_text(TIMELINES)
    return tmp_path


def rewrite(path: Path, old: str, new: str) -> Path:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return path


def test_the_shipped_rulebook_has_no_problem(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == OK
    assert capsys.readouterr().out.endswith(" in 7 files, 0 warnings\n")


def test_problems_are_printed_and_make_the_check_fail(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = rewrite(folder / "book.yaml", "for: 10m", "fro: 10m")
    assert main(["check", str(book)]) == FAILED
    said = capsys.readouterr().out
    assert said == (
        f"{book}:12: water, high: fro: there is no such key; did you mean 'for'?\n1 problem\n"
    )


def test_timelines_may_stand_beside_the_rules_in_a_directory(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(folder)]) == OK
    assert capsys.readouterr().out.endswith(" in 1 file, 0 warnings\n")
    assert main(["test", str(folder)]) == OK
    assert capsys.readouterr().out.endswith("1 as expected, 0 not\n")


def test_where_there_is_nothing_to_test_nothing_is_as_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["test", str(tmp_path)]) == USAGE
    assert capsys.readouterr().err.startswith(f"rules: {tmp_path}: no timelines there")


def test_a_file_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "test"):
        assert main([command, "/nowhere.yaml"]) == USAGE
        assert "/nowhere.yaml: no such file" in capsys.readouterr().err


def test_an_inventory_shows_what_can_never_be(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = rewrite(folder / "book.yaml", 'commune: "24133"', 'code: ["24286-*", "9*"]')
    rewrite(book, "for: 10m", "for: 5s")
    given = ["check", str(book), "--inventory", str(INVENTORY)]

    short = "for: 5 s is shorter than the interval of a device of it (60 s)"
    assert main(given) == OK
    assert capsys.readouterr().out.splitlines() == [
        f"{book}:6: water, high: match.code: '9*' matches nothing of the inventory (warning)",
        f"{book}:6: water, high: {short} (warning)",
        "1 rule in 1 file, 2 warnings",
    ]
    assert main([*given, "--strict"]) == FAILED
    rewrite(book, 'code: ["24286-*", "9*"]', "commune: nowhere")
    rewrite(book, "water_level_m", "water_depth_m")
    assert main(given) == OK
    assert "it is about no device of the inventory" in capsys.readouterr().out


def test_a_metric_that_no_device_of_a_rule_can_send_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = rewrite(folder / "book.yaml", 'match: {commune: "24133"}', "")
    for old, new in (("water_level_m", "loss_percent"), ("unit: m", 'unit: "%"')):
        rewrite(book, old, new)
    assert main(["check", str(book), "--inventory", str(INVENTORY)]) == OK
    assert "none of its devices can send loss_percent" in capsys.readouterr().out


def test_timelines_that_hold_are_said_to(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", str(folder / "t.yaml")]) == OK
    assert capsys.readouterr().out == (
        f"{folder / 't.yaml'}: it rises: as expected\n1 as expected, 0 not\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("at: 20m", "at: 3m", "- water/high, device d: missing"),
        ("at: 20m", "at: 14m", "! water/high, device d: state: expected firing, is pending"),
        ("{at: 5m", "{at: 16m", "+ water/high, device d, firing: d 6.0 water: not expected"),
        ("severity: major", "severity: minor", "! water/high, device d: severity: expected minor"),
        ("d 6.0", "d 7.0", "summary.en: expected 'd 7.0 water', is 'd 6.0 water'"),
        ("at: 20m", "at: 40m", "state: expected firing, is unknown"),
    ],
)
def test_each_difference_is_a_line_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    file = rewrite(folder / "t.yaml", old, new)
    assert main(["test", str(file), "--quiet"]) == FAILED
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith(f"{file}:") and said in line for line in lines), lines
    assert lines[-1] == "0 as expected, 1 not"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("water/high", "water/hihg", "there is no rule 'water/hihg'; did you mean 'water/high'?"),
        ("water_level_m", "water_levl_m", "did you mean 'water_level_m'?"),
        ("4x5", "4xx5", "input[0].values: '4xx5' is none of 3, 3x10, _, _x3, 5..9/5"),
        ("input:", "inptu:", "inptu: there is no such key; did you mean 'input'?"),
        ("{at: 5m, alerts: []}", "{at: 5m}", "alerts or incidents is needed"),
    ],
)
def test_a_file_of_timelines_that_is_wrong_is_wrong_use(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    file = rewrite(folder / "t.yaml", old, new)
    assert main(["test", str(file)]) == USAGE
    error = capsys.readouterr().err
    assert f"{file}:" in error
    assert said in error


def test_incidents_of_the_outage_engine_are_compared_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "t.yaml"
    file.write_text(
        f"inventory: {INVENTORY}\n"
        "tests:\n"
        "  - test: a village, in a window and out of one\n"
        "    outages:\n"
        "      - {silent: {village: 24286-v02}, from: 20m, to: 40m}\n"
        "    expect:\n"
        "      - at: 30m\n"
        "        incidents: [{class: outage, villages: [24286-v03]}]\n"
        "      - {at: 31m, incidents: []}\n"
        "      - {at: 32m, incidents: [{class: pipeline}]}\n"
    )
    assert main(["test", str(file)]) == FAILED
    out = capsys.readouterr().out
    assert "villages: expected 24286-v03, is 24286-v02" in out
    assert "+ outage" in out
    assert "- pipeline none: missing" in out


def test_the_tests_of_the_shipped_rulebook_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--quiet"]) == OK, capsys.readouterr().out


def test_every_shipped_rule_is_seen_firing_by_a_shipped_test() -> None:
    tests = "".join(file.read_text() for file in sorted((SHIPPED / "tests").glob("*.yaml")))
    never = [entry.name for entry in read_rulebook().rules if f"rule: {entry.name}" not in tests]
    assert never == []
