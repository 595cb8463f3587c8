"""Pipes: a run never waits for a reader that is gone, and a reader never for a run that is."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from simulators.suite.pipe import Pipe
from tests.waiting import DEADLINE


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    pipe = Pipe(tmp_path / "fifo")
    yield pipe
    pipe.close()


def wait_for(condition: Callable[[], bool]) -> None:
    pause = Event()
    for _ in range(int(DEADLINE) * 100):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("waited in vain")


def test_a_writer_need_not_wait_for_a_reader(pipe: Pipe) -> None:
    pipe.path.write_bytes(b"line\n")
    assert pipe.waiting() == 5


def test_what_nobody_reads_is_drained(pipe: Pipe) -> None:
    pipe.drain()
    with pipe.path.open("wb") as file:
        for _ in range(40):
            file.write(b"x" * 100_000)
    wait_for(lambda: pipe.waiting() == 0)


def test_a_reader_that_comes_after_the_writer_gets_all_and_the_end(pipe: Pipe) -> None:
    pipe.path.write_bytes(b"line\n")
    pipe.hold_open()
    with subprocess.Popen(["cat", str(pipe.path)], stdout=subprocess.PIPE) as reader:
        wait_for(lambda: pipe.waiting() == 0)
        pipe.end()
        assert reader.communicate(timeout=DEADLINE)[0] == b"line\n"


def test_a_closed_pipe_is_gone(tmp_path: Path) -> None:
    pipe = Pipe(tmp_path / "fifo")
    pipe.drain()
    pipe.close()
    assert list(tmp_path.iterdir()) == []
