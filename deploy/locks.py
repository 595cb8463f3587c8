"""One process at a time in a directory: a lock that a crash cannot leave behind."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(directory: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[int]:
    """Hold the directory's lock, making the directory if it is missing.

    The lock belongs to the open file, not to a process: it ends when the last process that has
    the yielded descriptor is gone. A child that inherits it (`pass_fds`) therefore keeps the
    next run out until it has stopped writing.

    Args:
        directory: what is locked.
        waiting: called once if somebody else holds the lock.
    """
    directory.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
