"""File descriptors: each session needs some, and the process may have too few."""

import resource
from typing import Final

PER_SESSION: Final = 1
"""Its socket: paho opens its pair of wake-up sockets only for threads, which are not used."""
_UNLIMITED: Final = 1_000_000
SPARE: Final = 64
"""For the event loop, threads that look up names, files and standard streams."""


class DescriptorError(OSError):
    """The limit of open files is too low for the sessions asked for."""


def most_sessions() -> int:
    """Return how many sessions this process may hold, by its hard limit of open files."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = _UNLIMITED if hard == resource.RLIM_INFINITY else hard
    return max(1, (limit - SPARE) // PER_SESSION)


def ensure_descriptors(sessions: int) -> None:
    """Raise this process's limit of open files as far as the sessions need.

    Raises:
        DescriptorError: the hard limit is lower; the message says how to raise it.
    """
    needed = sessions * PER_SESSION + SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise DescriptorError(
            f"{sessions} sessions need {needed} open files, and the hard limit is {hard}:"
            f" raise it (ulimit -Hn {needed}) or ask for fewer devices"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
