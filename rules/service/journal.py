"""The journal: every line that was decided by, in order, in segments that are only added to.

A line is given to the system before its message is acknowledged, so a process that is killed
loses nothing that was acknowledged. The disk itself gets it within `sync`: so much a power failure
may take, and those messages are then blind time.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from rules.service.lines import Line, dump, own_line, parse
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)

FORMAT: Final = "srepok-events/1"
_SUFFIX: Final = ".jsonl"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in the journal: behind so many bytes of a segment; 0 is before the first one."""

    segment: int = 0
    offset: int = 0


class Journal:
    """Writes and reads the segments of one directory.

    Args:
        directory: of the segments, which exists.
        clock: dates the segments.

    Attributes:
        failure: why the last write did not succeed; None if it did.
        gap: lines were lost to a failure since the last `rotate`.
    """

    def __init__(self, directory: Path, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._file: int | None = None
        self.failure: str | None = None
        self.gap = False
        self.position = Position()

    def rotate(self, **fields: str) -> None:
        """Begin a new segment, whose header has these fields; a failure is kept in `failure`."""
        self.close()
        newest = max([0, self.position.segment, *self.segments()])
        self.position = Position(newest + 1)
        header = own_line("header", self._clock.now(), format=FORMAT, **fields)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
            self._file = os.open(self._path(newest + 1), flags, 0o600)
        except OSError as error:
            self._failed(error)
        else:
            self.gap = False
            self.write([dump(header)])

    def write(self, lines: Sequence[bytes]) -> None:
        """Give lines to the system; what fails is said once, and kept in `failure`.

        The service goes on without a journal rather than without eyes.
        """
        if self._file is None:
            self.gap = True
            return
        content = b"".join(lines)
        start = self.position.offset
        try:
            self._write_all(content)
        except OSError as error:
            self.gap = True
            # Half a line must not stand before the next one; where it stays, a reader passes over.
            with suppress(OSError):
                os.ftruncate(self._file, start)
            self._failed(error)
        else:
            self.position = Position(self.position.segment, start + len(content))
            if self.failure is not None and not self.gap:
                log.info("the journal is written again")
                self.failure = None

    def sync(self) -> None:
        """Bring what was written to the disk; may be called from another thread."""
        if self._file is not None:
            os.fdatasync(self._file)

    def close(self) -> None:
        """Close the segment."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def first_header(self) -> Line:
        """Return the header of the oldest segment; empty if there is none to be read."""
        for _, line in self.read(Position()):
            return line
        return {}

    def segments(self) -> list[int]:
        """Return the numbers of the segments there are, ascending."""
        stems = (path.stem for path in self._directory.glob(f"*{_SUFFIX}"))
        return sorted(int(stem) for stem in stems if stem.isdecimal())

    def size(self) -> int:
        """Return how large the segments are together, in bytes."""
        return sum(self._path(number).stat().st_size for number in self.segments())

    def read(self, start: Position) -> Iterator[tuple[Position, Line]]:
        """Yield each line behind a position, and the position behind it.

        What is damaged is passed over, and said once.
        """
        damaged = 0
        for number in self.segments():
            if number < start.segment:
                continue
            offset = start.offset if number == start.segment else 0
            with self._path(number).open("rb") as file:
                file.seek(offset)
                for text in file:
                    offset += len(text)
                    try:
                        line = parse(text) if text.endswith(b"\n") else None
                    except ValueError:
                        line = None
                    if line is None:
                        damaged += 1
                    else:
                        yield Position(number, offset), line
        if damaged:
            log.warning("the journal has damaged lines, which are passed over", lines=damaged)

    def prune(self, keep_from: Position, *, keep_seconds: float, keep_bytes: int) -> int:
        """Remove segments that are too old or too much; return how many.

        Args:
            keep_from: nothing behind this is removed.
            keep_seconds: how old a segment's last line may be.
            keep_bytes: how large all of them may be together.
        """
        numbers = [number for number in self.segments() if number < keep_from.segment]
        now = self._clock.now().timestamp()
        size = self.size()
        removed = 0
        for number in numbers:
            found = self._path(number).stat()
            if size <= keep_bytes and now - found.st_mtime <= keep_seconds:
                break
            self._path(number).unlink()
            size -= found.st_size
            removed += 1
        return removed

    def _write_all(self, content: bytes) -> None:
        assert self._file is not None  # noqa: S101 - for the type checker: the caller looked
        left = memoryview(content)
        while left:
            left = left[os.write(self._file, left) :]

    def _failed(self, error: OSError) -> None:
        reason = f"{self._path(self.position.segment)}: {error.strerror}"
        if self.failure is None:
            log.error(
                "the journal cannot be written; decisions go on, and a restart will know of none"
                " of this time",
                reason=reason,
            )
        self.failure = reason

    def _path(self, number: int) -> Path:
        return self._directory / f"{number:010}{_SUFFIX}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
