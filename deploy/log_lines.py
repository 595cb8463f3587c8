"""Log files of our services, for a person: what is new in one, and its last words."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from deploy.files import read_tail

Describe = Callable[[bytes], str | None]
"""Returns what a log line says to a person; None if it is about something else."""

_SHOWN: Final = 6
_FRAME: Final = frozenset({"event", "timestamp", "level", "service", "module", "exception"})


class News:
    """Reads what a service's log says from now on.

    Args:
        log: one JSON object a line.
        describe: picks and words what is of interest.
    """

    def __init__(self, log: Path, describe: Describe) -> None:
        self._log = log
        self._describe = describe
        self._offset = log.stat().st_size if log.exists() else 0

    def fresh(self) -> Iterator[str]:
        """Yield a line for each thing of interest since the last call."""
        with self._log.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # it is being written
                self._offset += len(line)
                told = self._describe(line)
                if told is not None:
                    yield told


def last_words(log: Path, start: int = 0) -> str:
    """Return the last things that a log says behind the byte `start`, readable and indented."""
    lines = read_tail(log, start, _SHOWN).splitlines()
    return "\n".join(f"  {_readable(line)}" for line in lines) or "  (it said nothing)"


def local_time(said: Mapping[str, Any]) -> str:
    """Return when a log line was written, as a clock on the wall has it."""
    return f"{datetime.fromisoformat(said['timestamp']).astimezone():%H:%M:%S}"


def _readable(line: str) -> str:
    try:
        said: Mapping[str, Any] = json.loads(line)
        head = f"{local_time(said)} {said['level']}: {said['event']}"
    except (ValueError, KeyError, TypeError):
        return line
    more = [f"{name}={value}" for name, value in said.items() if name not in _FRAME]
    # A traceback is for the log itself; its last line says what went wrong.
    raised = str(said.get("exception", "")).splitlines()[-1:]
    return "  ".join((head, *more, *raised))
