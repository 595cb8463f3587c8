"""Watching: an event log goes in, what a watcher says of it comes out."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from province.inventory import read_inventory
from simulators.watchers.beats import read_beats
from simulators.watchers.extremes import ShoutingWatcher, SilentWatcher
from simulators.watchers.memory import Memory, load_memory, save_memory
from simulators.watchers.naive import NaiveWatcher
from simulators.watchers.reporter import Reporter
from simulators.watchers.static import StaticWatcher
from simulators.world.topology import Topology


class Watcher(Protocol):
    """What is fed the lines of an event log, one after the other."""

    def take(self, at: int, device: str, interval: int) -> None:
        """Take the next line of an event log.

        Args:
            at: the watcher's clock, in milliseconds.
            device: the device that was heard; empty if none was.
            interval: how often it means to report, in milliseconds; 0 if that is no news.
        """
        ...

    def remember(self) -> Memory:
        """Return what must be kept over a restart."""
        ...

    def recall(self, memory: Memory) -> None:
        """Go on where a watcher that is dead had come."""
        ...


WATCHERS: Final[Mapping[str, Callable[[Topology, Reporter], Watcher]]] = {
    "naive": NaiveWatcher,
    "static": StaticWatcher,
    "silent": lambda _topology, _reporter: SilentWatcher(),
    "shouting": ShoutingWatcher,
}
"""The watchers that read an event log, by name."""


def watch(name: str, events: Path, inventory: Path, out: Path, state: Path | None) -> None:
    """Feed a watcher an event log, which may be a FIFO, and write what it says.

    Args:
        name: of `WATCHERS`.
        events: what it reads, once, from beginning to end.
        inventory: as published.
        out: what it writes, anew.
        state: its directory: what it remembers from an earlier part of the same run, and keeps
            for a later one. Without one it begins from nothing.

    Raises:
        UsageError: the event log or the memory cannot be understood.
        InventoryError: the inventory cannot be used.
        OSError: a file cannot be read or written.
    """
    topology = Topology(read_inventory(inventory))
    # Line by line, so that a watcher that is killed has said what it said.
    with out.open("w", encoding="utf-8", buffering=1) as file:
        watcher = WATCHERS[name](topology, Reporter(file))
        if state is not None:
            watcher.recall(load_memory(state))
        with events.open("rb", buffering=1 << 18) as lines:
            take = watcher.take
            for at, device, interval in read_beats(lines, str(events)):
                take(at, device, interval)
        if state is not None:
            save_memory(state, watcher.remember())
