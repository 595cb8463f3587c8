"""Snapshots: the engine's state in a file, whole or not at all."""

import os
from pathlib import Path
from typing import Final

import msgspec

from rules.engine.state import State
from rules.errors import UsageError

_FILE: Final = "state.json"
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(State).decode


class SnapshotError(UsageError):
    """A snapshot cannot be used; the message names its file."""


def save_state(directory: Path, state: State) -> None:
    """Write the state so that whoever is killed meanwhile finds the one before.

    Raises:
        OSError: it cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    fresh = directory / f"{_FILE}.new"
    with fresh.open("wb") as file:
        file.write(dump_state(state))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(directory / _FILE)


def load_state(directory: Path) -> State | None:
    """Return the state that was kept; None if there is none.

    Raises:
        SnapshotError: it is damaged.
        OSError: it cannot be read.
    """
    path = directory / _FILE
    if not path.exists():
        return None
    try:
        return parse_state(path.read_bytes())
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"{path}: {error}") from None


def dump_state(state: State) -> bytes:
    """Return the state as bytes."""
    return _encode(state)


def parse_state(dumped: bytes) -> State:
    """Return the state that `dump_state` gave bytes of.

    Raises:
        msgspec.MsgspecError: they are something else.
    """
    return _decode(dumped)
