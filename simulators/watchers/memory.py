"""Memory: what a watcher keeps over a restart, as a file in its state directory."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from simulators.errors import UsageError

_NAME: Final = "memory.json"


@dataclass(frozen=True, slots=True)
class Memory:
    """What a deadman has to know to go on.

    Attributes:
        heard: when each device was last heard, in milliseconds.
        devices: the open incident of each device that has one.
        nodes: the open incident of each node that has one.
        withheld: the node that stands for each silent device that has none.
    """

    heard: Mapping[str, int] = field(default_factory=dict)
    devices: Mapping[str, str] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)


def save_memory(directory: Path, memory: Memory) -> None:
    """Write a memory, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    directory.mkdir(parents=True, exist_ok=True)
    waiting = directory / f"{_NAME}.new"
    waiting.write_text(json.dumps(asdict(memory)), encoding="utf-8")
    waiting.replace(directory / _NAME)


def load_memory(directory: Path) -> Memory:
    """Read a memory; an empty one if there is none.

    Raises:
        UsageError: what is there is no memory.
        OSError: it cannot be read.
    """
    path = directory / _NAME
    if not path.exists():
        return Memory()
    try:
        return Memory(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise UsageError(f"{path}: not the memory of a watcher: {error}") from None
