"""Progress of long steps, for a person who waits: one line that changes, or few plain lines."""

import sys
from typing import Final, TextIO

_PLAIN_PARTS: Final = 4
"""Without a terminal, a step says so little in between that a log stays readable."""


class Progress:
    """Reports steps on a stream.

    Args:
        stream: where to; standard error by default, so that answers stay clean.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._live = self._stream.isatty()
        self._open = False
        self._last: tuple[str, int] = ("", 0)

    def say(self, text: str) -> None:
        """Write one line that stays."""
        self.close()
        self._write(f"{text}\n")

    def update(self, step: str, done: float, total: float, unit: str = "") -> None:
        """Show how far a step is, such as `unpacking 12/62`; `done` and `total` share the unit."""
        text = f"{step} {done:.0f}/{total:.0f}{unit and ' ' + unit}"
        if self._live:
            self._write(f"\r\033[K{text}")
            self._open = True
            return
        part = int(_PLAIN_PARTS * done / total) if total else _PLAIN_PARTS
        if self._last != (step, part):
            self._last = (step, part)
            self._write(f"{text}\n")

    def status(self, text: str) -> None:
        """Show a state that replaces the one before it; without a terminal it is a line."""
        self._write(f"\r\033[K{text}" if self._live else f"{text}\n")
        self._open = self._live

    def close(self) -> None:
        """End the changing line, so that what follows starts on its own."""
        if self._open:
            self._write("\n")
            self._open = False

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
