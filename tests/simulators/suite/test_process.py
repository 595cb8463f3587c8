"""Processes: exit codes, cost, last words, and an end that is certain."""

import os
from pathlib import Path

import pytest

from simulators.suite.process import Process
from tests.simulators.suite.test_pipe import wait_for


def start(tmp_path: Path, script: str) -> Process:
    return Process(["/bin/sh", "-c", script], tmp_path / "stderr")


def test_a_process_tells_its_code_its_cost_and_its_last_words(tmp_path: Path) -> None:
    process = start(tmp_path, "for n in 1 2 3 4 5 6 7 8 9 10; do echo line $n >&2; done; exit 3")
    wait_for(lambda: process.poll() is not None)
    assert process.poll() == 3
    assert process.last_words().splitlines()[0] == "line 3"
    assert process.cost.peak_mebibytes > 0
    assert process.cost.cpu_seconds >= 0


def test_killing_ends_what_it_started_too(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    process = start(tmp_path, f"cat {tmp_path}/fifo & echo $! > {tmp_path}/pid; wait")
    wait_for(lambda: (tmp_path / "pid").exists() and bool((tmp_path / "pid").read_text()))
    child = int((tmp_path / "pid").read_text())
    process.kill()
    assert process.poll() == -9
    wait_for(lambda: not running(child))
    process.kill()


def running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_what_does_not_exist_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Process([str(tmp_path / "nothing")], tmp_path / "stderr")
