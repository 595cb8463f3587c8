"""Pipes: FIFOs through which a run reaches a watcher, so that events never touch the disk."""

import fcntl
import os
import termios
from array import array
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

_CHUNK: Final = 1 << 20
_PAUSE_SECONDS: Final = 0.02


class Pipe:
    """A FIFO whose reading end is also held here, and read here if nobody else does.

    Without that a watcher that dies would take the run, and with it the other watchers, along:
    whoever writes to a FIFO without a reader gets an error.

    Args:
        path: where it is made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with suppress(OSError):
            # A generator that need not stop in the middle of what it hands over is the faster.
            fcntl.fcntl(self._reader, fcntl.F_SETPIPE_SZ, _CHUNK)
        self._writer: int | None = None
        self._drain: Thread | None = None
        self._done = Event()

    def waiting(self) -> int:
        """Return how many bytes were written and not yet read."""
        count = array("i", [0])
        fcntl.ioctl(self._reader, termios.FIONREAD, count)
        return count[0]

    def hold_open(self) -> None:
        """Keep it open for writing, for a reader that has yet to open it.

        What was written stays in the FIFO, but a reader that comes when no writer is left would
        wait for the next one for ever.
        """
        if self._writer is None:
            self._writer = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)

    def end(self) -> None:
        """Let its reader find the end of it."""
        if self._writer is not None:
            os.close(self._writer)
            self._writer = None

    def drain(self) -> None:
        """Read and forget what is written from now on."""
        if self._drain is None:
            self._drain = Thread(target=self._forget, name=f"drain {self.path.name}", daemon=True)
            self._drain.start()

    def close(self) -> None:
        """Give it up; whoever still writes to it gets an error."""
        self._done.set()
        if self._drain is not None:
            self._drain.join()
        self.end()
        os.close(self._reader)
        self.path.unlink()

    def _forget(self) -> None:
        while not self._done.is_set():
            try:
                data = os.read(self._reader, _CHUNK)
            except BlockingIOError:
                data = b""
            if not data:
                # Empty, or nobody has it open for writing; both can change.
                self._done.wait(_PAUSE_SECONDS)
