"""Processes of the servers: found by what they are and where they work, never by a number alone.

A pid in a file may belong to somebody else after a reboot. A process of ours is one that runs
the server's program with the server's own directory as its working directory; it is looked at
through a handle (pidfd) taken before the look, so the pid cannot change hands in between.
"""

import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_LOG_LIMIT_BYTES: Final = 20_000_000
_LISTEN: Final = "0A"


@dataclass(frozen=True, slots=True)
class Process:
    """One live process.

    Attributes:
        pid: its number.
        parent: its parent's number.
        started_at: when it started.
        handle: descriptor of its pidfd; see `close`.
    """

    pid: int
    parent: int
    started_at: datetime
    handle: int

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens if the process has ended."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, number)

    def wait(self, timeout_seconds: float) -> bool:
        """Wait for the end; tell whether it came in time."""
        poll = select.poll()
        poll.register(self.handle, select.POLLIN)
        return bool(poll.poll(max(0, timeout_seconds) * 1000))

    def close(self) -> None:
        """Let go of the handle; the process goes on."""
        os.close(self.handle)


def find_processes(program: str, directory: Path) -> list[Process]:
    """Return the live processes of a program that work in a directory, the oldest first.

    The caller closes them.

    Args:
        program: its name as the kernel has it: the file's, up to 15 letters.
        directory: their working directory.
    """
    try:
        place = directory.stat()
    except FileNotFoundError:
        return []
    entries = [entry for entry in _PROC.iterdir() if entry.name.isdecimal()]
    found = [process for entry in entries if (process := _open(entry, program, place))]
    return sorted(found, key=lambda process: (process.started_at, process.pid))


def _open(entry: Path, program: str, place: os.stat_result) -> Process | None:
    if _program(entry) != program:
        return None
    try:
        handle = os.pidfd_open(int(entry.name))
    except OSError:
        return None
    try:
        # A zombie has no working directory any more, so it counts as ended.
        if _program(entry) == program and os.path.samestat((entry / "cwd").stat(), place):
            parent, ticks = _parent_and_start(entry)
            return Process(int(entry.name), parent, _started_at(ticks), handle)
    except OSError:
        pass  # it ended, or it is somebody else's
    os.close(handle)
    return None


def _program(entry: Path) -> str:
    try:
        return (entry / "comm").read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except OSError:
        return ""


def _parent_and_start(entry: Path) -> tuple[int, int]:
    # The program's name stands in brackets and may hold anything: count from behind it.
    fields = (entry / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    return int(fields.split()[1]), int(fields.split()[19])


def _started_at(ticks: int) -> datetime:
    since_boot = ticks / os.sysconf("SC_CLK_TCK")
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return datetime.fromtimestamp(booted + since_boot, UTC)


def listens(pid: int, port: int) -> bool:
    """Tell whether this very process listens on the port of 127.0.0.1."""
    place = f"0100007F:{port:04X}"
    lines = (_PROC / "net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows = [line.split() for line in lines]
    wanted = {f"socket:[{row[9]}]" for row in rows if row[1] == place and row[3] == _LISTEN}
    try:
        return any(_link(entry) in wanted for entry in (_PROC / f"{pid}/fd").iterdir())
    except OSError:
        return False


def _link(entry: Path) -> str:
    try:
        return str(entry.readlink())
    except OSError:
        return ""


class Launch:
    """A command that was started in a session of its own and outlives us.

    Args:
        command: what to run.
        log: its standard output and error are appended to this file.
        environ: its whole environment.
    """

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str]) -> None:
        if log.exists() and log.stat().st_size > _LOG_LIMIT_BYTES:
            log.replace(log.with_name(f"{log.name}.1"))
        self.log_start = log.stat().st_size if log.exists() else 0
        """Where in the log its own words start."""
        self._ended, theirs = os.pipe()
        try:
            with log.open("ab") as output:
                log.chmod(0o600)
                # `--fork` makes init its parent, so nobody has to wait for it. The pipe's end
                # goes with it: when no process holds that any more, the command has ended.
                subprocess.run(
                    ["setsid", "--fork", *command],  # noqa: S607 - in every Debian's PATH
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    env=environ,
                    pass_fds=[theirs],
                    check=True,
                )
        finally:
            os.close(theirs)

    def wait(self, timeout_seconds: float) -> bool:
        """Wait for the end of the command and all its children; tell whether it came."""
        return bool(select.select([self._ended], [], [], timeout_seconds)[0])

    def close(self) -> None:
        """Stop watching; the command goes on."""
        os.close(self._ended)
