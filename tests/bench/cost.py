"""CPU time of each part of the chain, as the kernel counts it."""

import os
from pathlib import Path

from tests.world import World

_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(world: World) -> dict[str, float]:
    """Return the CPU seconds that each part has spent so far."""
    postgres, broker = world.postgres.pid, world.broker.pid
    assert postgres is not None
    assert broker is not None
    return {
        "broker": _process_seconds(broker),
        "database": _process_seconds(postgres)
        + sum(_process_seconds(child) for child in _children(postgres)),
        "ingest": _process_seconds(world.ingest.pid),
    }


def _children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task")
    return [
        int(child) for task in tasks.iterdir() for child in (task / "children").read_text().split()
    ]


def _process_seconds(pid: int) -> float:
    """Return the CPU seconds of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS
