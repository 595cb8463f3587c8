"""Finding processes by what they are and where they work."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGKILL, SIGTERM

import pytest

from deploy.processes import Launch, Process, find_processes, listens
from tests.waiting import DEADLINE


@contextmanager
def sleeping(program: Path, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a copy of `sleep` under another name, in a directory."""
    shutil.copy(shutil.which("sleep") or "sleep", program)
    with subprocess.Popen([program, "600"], cwd=directory) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return tmp_path / "srepok-sleeper"


def find_one(program: Path, place: Path) -> Process:
    """Find the sleeper; the kernel shows its name and directory a moment after its start."""
    deadline = time.monotonic() + DEADLINE
    while not (found := find_processes(program.name, place)):
        assert time.monotonic() < deadline
    (one,) = found
    return one


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "place").mkdir()
    return tmp_path / "place"


def test_a_process_is_found_by_program_and_directory(program: Path, place: Path) -> None:
    with sleeping(program, place) as process:
        found = find_one(program, place)
        assert (found.pid, found.parent) == (process.pid, os.getpid())
        assert abs(datetime.now(UTC) - found.started_at) < timedelta(minutes=5)
        found.close()


def test_another_program_or_directory_is_not_found(program: Path, place: Path) -> None:
    with sleeping(program, place):
        assert find_processes("other", place) == []
        assert find_processes(program.name, place.parent) == []
        assert find_processes(program.name, place / "missing") == []


def test_a_process_that_ended_is_not_found_even_before_it_is_reaped(
    program: Path, place: Path
) -> None:
    with sleeping(program, place) as process:
        found = find_one(program, place)
        process.send_signal(SIGKILL)
        assert found.wait(DEADLINE)
        assert find_processes(program.name, place) == []
        found.signal(SIGTERM)
        process.wait()
        found.signal(SIGTERM)
        found.close()


def test_waiting_ends_at_its_time(program: Path, place: Path) -> None:
    with sleeping(program, place):
        found = find_one(program, place)
        assert not found.wait(0.01)
        found.close()


def test_a_launch_outlives_its_starter_in_a_session_of_its_own(place: Path) -> None:
    (place / "go").touch()
    os.mkfifo(place / "end")
    script = f"cd {place}; ps -o sid= -p $$; cat end; echo error >&2"
    launch = Launch(["sh", "-c", script], place / "log", dict(os.environ))
    assert not launch.wait(0)
    (place / "end").write_text("told\n")
    assert launch.wait(DEADLINE)
    launch.close()
    session, *rest = (place / "log").read_text().split()
    assert int(session) != os.getsid(0)
    assert rest == ["told", "error"]
    assert (place / "log").stat().st_mode & 0o777 == 0o600


def test_a_launch_that_fails_says_so_in_the_log(place: Path) -> None:
    (place / "log").write_text("before\n")
    launch = Launch(["/nonexistent/program"], place / "log", dict(os.environ))
    assert launch.wait(DEADLINE)
    launch.close()
    assert launch.log_start == len("before\n")
    assert "/nonexistent/program" in (place / "log").read_text()


def test_a_listener_is_known_by_its_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert listens(os.getpid(), port)
        assert not listens(os.getppid(), port)
    assert not listens(os.getpid(), port)
