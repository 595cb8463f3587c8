"""The notification log: what was sent, on disk before anything else may forget it."""

import asyncio
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from rules.notify.lines import LogLine
from runtime.logs import get_logger

log = get_logger(__name__)

NAME: Final = "notifications.jsonl"

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(LogLine)
_TRIM_BYTES: Final = 20_000_000


class NotificationLog:
    """A file that grows by lines, each on disk when `append` returns.

    Args:
        directory: of the rules' state; made if it is missing.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME
        self._descriptor = -1
        self._lock = asyncio.Lock()

    def open(self) -> list[LogLine]:
        """Open the file; return its lines. A last line that was cut off by a crash is dropped.

        Raises:
            OSError: it cannot be read or written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        content = self._path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            os.truncate(self._descriptor, len(whole))
            log.warning("end of notification log dropped", bytes=len(content) - len(whole))
        return list(self._decode(whole))

    async def append(self, lines: Sequence[LogLine]) -> None:
        """Write lines and have the disk confirm them.

        Raises:
            OSError: they cannot be written.
        """
        content = b"".join(_ENCODER.encode(line) + b"\n" for line in lines)
        async with self._lock:
            await asyncio.to_thread(_write, self._descriptor, content)

    async def trim(self, logged: int) -> None:
        """Drop what a state that is safe on disk includes, once the file has grown long.

        Args:
            logged: number of the last line that the state includes.
        """
        async with self._lock:
            if self._path.stat().st_size > _TRIM_BYTES:
                await asyncio.to_thread(self._rewrite, logged)

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _rewrite(self, logged: int) -> None:
        fresh = self._path.with_name(f"{NAME}.new")
        kept = [line for line in self._decode(self._path.read_bytes()) if line.number > logged]
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        _write(descriptor, b"".join(_ENCODER.encode(line) + b"\n" for line in kept))
        fresh.replace(self._path)
        os.close(self._descriptor)
        self._descriptor = descriptor

    def _decode(self, content: bytes) -> Iterator[LogLine]:
        for number, line in enumerate(content.splitlines(), 1):
            try:
                yield _DECODER.decode(line)
            except msgspec.MsgspecError as error:
                # The rest is worth more than this line: without it everything is told again.
                log.warning("line of notification log unreadable", line=number, error=str(error))


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    with suppress(InterruptedError):
        os.fsync(descriptor)
