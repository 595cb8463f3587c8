"""The small parts: the steady clock, parts that may be away, files that people write."""

from datetime import timedelta
from pathlib import Path

import pytest

from rules.errors import UsageError
from rules.service.files import Contents, WrittenFiles
from rules.service.part import Part
from rules.service.steady import SteadyClock
from tests.rules.service.make import NOON, SetClock


def test_a_step_of_the_machines_clock_is_followed_slowly_and_never_backwards() -> None:
    machine, monotonic = SetClock(), [0.0]
    clock = SteadyClock(machine, lambda: monotonic[0])
    for step in (90, -180, 90):
        machine.move(step)
        before = clock.now()
        monotonic[0] += 10
        machine.move(10)
        passed = (clock.now() - before).total_seconds()
        assert 9.5 <= passed <= 10.5
    for _ in range(100):
        monotonic[0] += 10
        machine.move(10)
        clock.now()
    assert clock.now() == machine.now()


def test_a_part_is_said_to_be_down_only_after_a_while_and_since_its_first_failure() -> None:
    part = Part("database", timedelta(seconds=5))
    assert part.failed(NOON) == []
    assert part.answered(NOON) == []
    assert part.failed(NOON + timedelta(seconds=10)) == []
    (line,) = part.failed(NOON + timedelta(seconds=15))
    assert (line["service"], line["state"], line["blinding"]) == ("database", "down", False)
    assert line["received_at"] == "2026-11-25T05:00:10.000Z"
    assert part.failed(NOON + timedelta(seconds=20)) == []
    (line,) = part.answered(NOON + timedelta(seconds=21))
    assert line["state"] == "up"
    assert part.answered(NOON + timedelta(seconds=22)) == []


def parse(contents: Contents) -> str:
    (text, _), *_ = contents
    if not text.startswith(b"good"):
        raise UsageError(f"not good: {text.decode()}")
    return text.decode()


def problem_of(files: WrittenFiles[str]) -> str | None:
    return files.problem


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, WrittenFiles[str]]:
    path = tmp_path / "file"
    return path, WrittenFiles("files", lambda: [path], parse, tmp_path / "kept")


def test_files_are_exchanged_for_good_ones_only(written: tuple[Path, WrittenFiles[str]]) -> None:
    path, files = written
    path.write_text("good 1")
    assert files.first() == "good 1"
    assert files.changed() is None
    path.write_text("bad one")
    assert files.changed() is None
    assert problem_of(files) == "not good: bad one"
    path.write_text("good two")
    assert files.changed() == "good two"
    assert problem_of(files) is None
    assert files.changed(force=True) == "good two"
    path.unlink()
    assert files.changed() is None
    assert problem_of(files) is not None


def test_a_start_with_bad_files_goes_on_with_those_that_were_good(
    tmp_path: Path, written: tuple[Path, WrittenFiles[str]]
) -> None:
    path, files = written
    path.write_text("bad one")
    with pytest.raises(UsageError, match="not good"):
        files.first()
    path.write_text("good 1")
    files.first()
    path.write_text("bad two")
    again = WrittenFiles("files", lambda: [path], parse, tmp_path / "kept")
    assert again.first() == "good 1"
    assert again.problem == "not good: bad two"
