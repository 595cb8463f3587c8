"""The command: files in, a file out, a memory between two parts of a run."""

import argparse
from pathlib import Path

import pytest

from province.inventory import write_inventory
from simulators.commands import watch
from simulators.errors import UsageError
from simulators.score.incidents import read_incidents
from simulators.watchers.memory import Memory, load_memory, save_memory
from tests.simulators.score.make import fault_line, run_line, written
from tests.simulators.watchers.make import beats, incidents, make_inventory, message, other, watched


def run_command(*arguments: str | Path) -> int:
    parser = argparse.ArgumentParser()
    watch.configure(parser.add_subparsers(), "")
    options = parser.parse_args(["watch", *map(str, arguments)])
    code: int = options.run(options, {})
    return code


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "inventory.jsonl"
    write_inventory(path, make_inventory())
    return path


def run_on(tmp_path: Path, inventory: Path, lines: list[bytes], *more: str | Path) -> Path:
    events, out = tmp_path / "events.jsonl", tmp_path / "incidents.jsonl"
    events.write_bytes(b"".join(lines))
    code = run_command("naive", "--events", events, "--inventory", inventory, "--out", out, *more)
    assert code == 0
    return out


def test_what_a_watcher_writes_can_be_scored(tmp_path: Path, inventory: Path) -> None:
    out = run_on(tmp_path, inventory, list(beats(600, {"v2-p1": (100, 305)})))
    (incident,) = read_incidents(out).incidents
    assert incident.root == {"v2-p1"}
    assert len(read_incidents(out).books) == 2


def test_a_memory_lasts_from_one_part_of_a_run_to_the_next(tmp_path: Path, inventory: Path) -> None:
    state = tmp_path / "state"
    first = list(beats(200, {"v2-p1": (100, 200)}))[:-1]
    out = run_on(tmp_path, inventory, first, "--state", state)
    assert read_incidents(out).incidents[0].cleared_at is None
    second = [message(210, "v2-p1"), other(220, "end")]
    out = run_on(tmp_path, inventory, second, "--state", state)
    assert '"clear"' in out.read_text()


def test_a_spoilt_memory_is_named(tmp_path: Path) -> None:
    save_memory(tmp_path, Memory({"d": 1}, {"d": "d/1"}))
    assert load_memory(tmp_path) == Memory({"d": 1}, {"d": "d/1"})
    (tmp_path / "memory.json").write_text('{"dreams": {}}')
    with pytest.raises(UsageError, match=r"memory\.json: not the memory of a watcher"):
        load_memory(tmp_path)


def test_the_oracle_needs_the_truth_and_nothing_else(tmp_path: Path) -> None:
    truth, out = tmp_path / "truth.jsonl", tmp_path / "incidents.jsonl"
    truth.write_text(written(run_line(), fault_line("cut", 30, 60)))
    assert run_command("oracle", "--truth", truth, "--out", out) == 0
    assert read_incidents(out).incidents[0].name == "cut"
    with pytest.raises(UsageError, match="--truth is needed"):
        run_command("oracle", "--out", out)


def test_other_watchers_need_events_and_inventory(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="watch naive: --events and --inventory are needed"):
        run_command("naive", "--out", tmp_path / "incidents.jsonl")


def test_the_silent_one_says_nothing() -> None:
    said, memory = watched("silent", beats(600, {"v2-p1": (100, 600)}))
    assert (said, memory) == ([], Memory())


def test_the_shouting_one_calls_each_village_each_minute() -> None:
    said, _ = watched("shouting", beats(180))
    assert len(incidents(said)) == 4 * 4
    assert {line["state"] for line in said if line["kind"] == "village"} == {"dark"}
