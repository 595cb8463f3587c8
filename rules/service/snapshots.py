"""Snapshots: everything that is remembered, in one file, whole or not at all.

Two are kept: should the newer one be damaged, the older one and a longer journal say the same.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic_core import from_json, to_json

from rules.service.journal import Position
from runtime.logs import get_logger

log = get_logger(__name__)

FORMAT: Final = "srepok-rules/1"
_KEPT: Final = 2
_SUFFIX: Final = ".snapshot"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was remembered at one moment.

    Attributes:
        position: of the journal: what stands behind it came later.
        parts: what each part of the service remembers, as JSON of its own.
    """

    position: Position
    parts: Mapping[str, bytes]


class Snapshots:
    """Writes and reads the snapshots of one directory, which exists."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def write(self, snapshot: Snapshot) -> None:
        """Write a snapshot; whoever is killed meanwhile finds the one before.

        Raises:
            OSError: it cannot be written; the ones before are as they were.
        """
        number = max([0, *self._numbers()]) + 1
        path = self._path(number)
        fresh = path.with_suffix(".new")
        try:
            with fresh.open("wb") as file:
                file.write(_encode(snapshot))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
        _sync_directory(self._directory)
        for old in self._numbers()[:-_KEPT]:
            self._path(old).unlink()

    def read(self) -> Snapshot | None:
        """Return the newest snapshot that is whole; None if there is none.

        What is damaged is said, and the one before is used.
        """
        for number in reversed(self._numbers()):
            path = self._path(number)
            try:
                return _decode(path.read_bytes())
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning(
                    "a snapshot cannot be used, looking for the one before",
                    snapshot=str(path),
                    reason=str(error),
                )
        return None

    def oldest_position(self) -> Position:
        """Return where the journal must begin for every snapshot that is kept."""
        positions = []
        for number in self._numbers():
            try:
                with self._path(number).open("rb") as file:
                    head = _head(file.readline())
                positions.append(Position(head["segment"], head["offset"]))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return min(positions, default=Position())

    def _numbers(self) -> list[int]:
        stems = (path.stem for path in self._directory.glob(f"*{_SUFFIX}"))
        return sorted(int(stem) for stem in stems if stem.isdecimal())

    def _path(self, number: int) -> Path:
        return self._directory / f"{number:010}{_SUFFIX}"


def _encode(snapshot: Snapshot) -> bytes:
    parts = b",".join(to_json(name) + b":" + part for name, part in snapshot.parts.items())
    body = b"{" + parts + b"}\n"
    head = {
        "format": FORMAT,
        "segment": snapshot.position.segment,
        "offset": snapshot.position.offset,
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    return to_json(head) + b"\n" + body


def _decode(content: bytes) -> Snapshot:
    head_line, _, body = content.partition(b"\n")
    head = _head(head_line)
    if hashlib.sha256(body).hexdigest() != head["sha256"]:
        raise ValueError("its content is not what was written")
    parts = {name: to_json(part) for name, part in from_json(body).items()}
    return Snapshot(Position(head["segment"], head["offset"]), parts)


def _head(line: bytes) -> dict[str, Any]:
    head: dict[str, Any] = from_json(line)
    if head["format"] != FORMAT:
        raise ValueError(f"format {head['format']!r}; this version reads {FORMAT!r}")
    return head


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
