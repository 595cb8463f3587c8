"""Books: what a watcher held of each village, when it did, and in the end."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Final, Literal, NamedTuple

from simulators.score.incidents import EVERY_VILLAGE, IncidentLog, VillageLine
from simulators.score.spans import Span, Steps, merged

State = Literal["served", "degraded", "dark", "unknown", "maintenance"]


class Entry(NamedTuple):
    """What a book says: the state, and how probable `dark` is, where the watcher said that."""

    state: State
    p_down: float | None


_SERVED: Final = Entry("served", None)
"""What a book says before the watcher said anything."""


@dataclass(frozen=True, slots=True)
class Book:
    """What a watcher held of one village.

    Attributes:
        live: what it held at each moment, as people saw it then.
        final: what it holds of each moment at the end, with all that was back-dated.
    """

    live: Steps[Entry]
    final: Steps[Entry]


def keep_books(villages: Mapping[str, object], log: IncidentLog) -> Iterator[tuple[str, Book]]:
    """Yield the book of each village, one after the other, for they can be large."""
    for_all: list[tuple[int, VillageLine]] = []
    of: dict[str, list[tuple[int, VillageLine]]] = {village: [] for village in villages}
    for number, line in enumerate(log.books):
        if line.village == EVERY_VILLAGE:
            for_all.append((number, line))
        elif line.village in of:
            of[line.village].append((number, line))
    for village, own in of.items():
        yield village, _book([line for _, line in sorted([*for_all, *own], key=itemgetter(0))])


def spans_of(steps: Steps[Entry], state: State, window: Span) -> list[Span]:
    """Return when a book says this state, within a window."""
    return merged(span for span, entry in steps.over(window) if entry.state == state)


def _book(lines: Sequence[VillageLine]) -> Book:
    live: Steps[Entry] = Steps(_SERVED)
    final: Steps[Entry] = Steps(_SERVED)
    for line in lines:
        entry = Entry(line.state, line.p_down)
        live.set_from(line.at, entry)
        final.set_from(line.begins, entry)
    return Book(live, final)
