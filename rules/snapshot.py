"""Snapshots: the engine's state in a file, whole or not at all."""

import os
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from rules.engine.state import State
from rules.errors import UsageError

_FILE: Final = "state.json"
_ADAPTER: Final = TypeAdapter(State)


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
        file.write(_ADAPTER.dump_json(state))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(directory / _FILE)


def load_state(directory: Path) -> State | None:
    """Return the state that was kept; None if there is none.

    Raises:
        SnapshotError: it is damaged.
    """
    path = directory / _FILE
    if not path.exists():
        return None
    try:
        return _ADAPTER.validate_json(path.read_bytes())
    except ValidationError as error:
        raise SnapshotError(f"{path}: {error}") from None
