"""Processes: started in a group of their own, watched without waiting, ended for certain."""

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from simulators.score.evidence import Cost

_KIBIBYTES: Final = 1024
_LAST_WORDS: Final = 8


class Process:
    """A process whose words go to a file.

    Args:
        arguments: its command.
        stderr: the file; appended to.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, arguments: Sequence[str], stderr: Path) -> None:
        self.cost = Cost()
        """What it took; known once it has ended."""
        self._stderr = stderr
        with stderr.open("ab") as words:
            # A group of its own: one signal ends whatever it starts, and a key pressed at the
            # terminal reaches the suite alone, which then ends all in order.
            self._process = subprocess.Popen(  # noqa: S603 - the user's own commands
                list(arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=words,
                start_new_session=True,
            )

    def poll(self) -> int | None:
        """Return its exit code, negative for a signal; None while it runs."""
        if self._process.returncode is None:
            self._collect(os.WNOHANG)
        return self._process.returncode

    def kill(self) -> None:
        """End it and all that it started."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._collect(0)

    def last_words(self) -> str:
        """Return the last lines that it wrote to its standard error."""
        lines = self._stderr.read_text(encoding="utf-8", errors="replace").splitlines()
        return "\n".join(lines[-_LAST_WORDS:])

    def _collect(self, options: int) -> None:
        pid, status, usage = os.wait4(self._process.pid, options)
        if pid:
            # Collected here for the sake of its usage, so Popen must not wait for it again.
            self._process.returncode = os.waitstatus_to_exitcode(status)
            cpu_seconds = usage.ru_utime + usage.ru_stime
            self.cost = Cost(cpu_seconds, usage.ru_maxrss / _KIBIBYTES)
