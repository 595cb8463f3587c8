"""The command line of the rules."""

from pathlib import Path

import pytest

from rules.cli import main
from runtime.arguments import OK, USAGE
from simulators.cli import main as simulate


def test_a_replay_writes_its_file_anew_and_keeps_it_where_the_log_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events, truth, inventory, out = (str(tmp_path / name) for name in ("e", "t", "i", "o"))
    into = ["--events", events, "--truth", truth, "--inventory", inventory]
    assert simulate(["run", "olt-card", "--scale", "0.01", "--seed", "1", *into]) == 0
    given = ["--inventory", inventory, "--out", out]

    assert main(["replay", "--events", events, *given]) == OK
    once = Path(out).read_bytes()
    assert main(["replay", "--events", events, *given]) == OK

    assert once
    assert Path(out).read_bytes() == once
    missing = str(tmp_path / "missing")
    assert main(["replay", "--events", missing, *given]) == USAGE
    assert capsys.readouterr().err == f"rules: --events {missing}: no such file\n"
    assert Path(out).read_bytes() == once


def test_each_file_that_is_not_there_is_named_with_its_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory, events = tmp_path / "inventory", tmp_path / "events"
    given = ["--events", str(events), "--inventory", str(inventory)]
    assert main(["replay", *given, "--out", str(tmp_path)]) == USAGE
    assert capsys.readouterr().err == f"rules: --inventory {inventory}: no such file\n"

    inventory.write_bytes(b"")
    events.write_bytes(b"")
    assert main(["replay", *given, "--out", str(tmp_path)]) == USAGE
    assert capsys.readouterr().err == f"rules: --out {tmp_path}: is a directory\n"

    absent = tmp_path / "absent"
    assert main(["replay", *given, "--out", str(absent / "o")]) == USAGE
    assert capsys.readouterr().err == f"rules: --out {absent}/o: there is no directory {absent}\n"


def test_a_line_that_cannot_be_read_is_named_with_its_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inventory, events = tmp_path / "inventory", tmp_path / "events"
    inventory.write_bytes(b"")
    events.write_bytes(b"{\n")
    given = ["--events", str(events), "--inventory", str(inventory)]
    assert main(["replay", *given, "--out", str(tmp_path / "out")]) == USAGE
    assert capsys.readouterr().err.startswith(f"rules: {events}:1: ")


def test_a_misspelt_option_is_refused_with_the_usage_of_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for given, usage, hint in (
        (
            ["incident", "list", "--comune=1"],
            "rules incident list ",
            "--comune=1; did you mean --commune?",
        ),
        (["routes", "try", "f", "--zzz"], "rules routes try ", "unrecognized arguments: --zzz\n"),
        (["--version"], "rules [-h]", "the following arguments are required"),
    ):
        with pytest.raises(SystemExit, match="2"):
            main(given)
        said = capsys.readouterr().err
        assert said.startswith(f"usage: python -m {usage}")
        assert hint in said
