"""Snapshots: the engine's state in a file, whole or not at all."""

import os
from pathlib import Path
from typing import Final

import msgspec

from rules.engine.state import State
from rules.errors import UsageError
from rules.plain import dump_plain, load_plain

_FILE: Final = "state.json"


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
        file.write(dump_plain(state))
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
        return load_plain(State, path.read_bytes())
    except msgspec.MsgspecError as error:
        raise SnapshotError(f"{path}: {error}") from None
