"""The command line of the rules."""

from pathlib import Path

import pytest

from rules.cli import FAILED, OK, main
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
    assert main(["replay", "--events", missing, *given]) == FAILED
    assert missing in capsys.readouterr().err
    assert Path(out).read_bytes() == once
