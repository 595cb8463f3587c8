"""Standard output whose reader may leave: `python -m rules incident list | head -1`."""

import os
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

_CUT_OFF: Final = 1


def while_read(run: Callable[[], int]) -> int:
    """Run what prints; return its exit code.

    Where the reader leaves, nothing is said; the exit code is 1, for not all of it was printed, and
    maybe not all of it done.

    Args:
        run: the command; returns its exit code.
    """
    try:
        code = run()
        sys.stdout.flush()
    except BrokenPipeError:
        # A server's connection breaks in the same words.
        if not _reader_left():
            raise
        # Python writes out at its end what is left, and would say that it cannot.
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        return _CUT_OFF
    return code


def _reader_left() -> bool:
    """Return whether standard output is a pipe that nobody reads any more."""
    try:
        number = sys.stdout.fileno()
    except (OSError, ValueError):
        return False
    poll = select.poll()
    poll.register(number, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))
