"""Recovery: what the journal has behind a snapshot, decided once more."""

from collections.abc import Iterable
from datetime import datetime
from random import Random
from typing import Final

from rules.service.arrivals import heard
from rules.service.decider import Decider, Memory
from rules.service.journal import Position
from rules.service.lines import Line
from runtime.logs import get_logger

log = get_logger(__name__)

_LETTERS: Final = "bcdfghjkmnpqrstvwxz"
"""No vowels: no words come about by chance."""


def new_series(now: datetime, random: Random) -> str:
    """Return what the names of incidents begin with, for a state that is begun anew."""
    return f"{now:%y%m%d}{''.join(random.choices(_LETTERS, k=4))}-"


def fresh_memory(series: str, revision: int) -> Memory:
    """Return the memory of somebody who remembers nothing.

    Args:
        series: begins the names of incidents and alerts.
        revision: of the inventory.
    """
    memory = Memory(revision=revision)
    memory.engine.series = memory.rulebook.series = series
    return memory


def decide_again(decider: Decider, lines: Iterable[tuple[Position, Line]]) -> int:
    """Take the lines behind a snapshot; return how many there were.

    Args:
        decider: with the snapshot's memory.
        lines: of the journal.
    """
    taken = failures = 0
    for _, line in lines:
        taken += 1
        try:
            decider.take(heard(line))
        except Exception:  # noqa: BLE001 - it was logged when it failed the first time
            failures += 1
    if failures:
        log.warning("lines of the journal could not be decided by", lines=failures)
    return taken
