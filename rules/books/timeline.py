"""The timeline of one place: what the spells and the watch say of each second."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rules.books.spans import Span, intersect, split
from rules.model import LinkState, VillageState


class Held(StrEnum):
    """What the books hold a place to be; of every second exactly one."""

    SERVED = "served"
    DEGRADED = "degraded"
    """Available, and worse than it should be."""
    DOWN = "down"
    """Without service, whatever the cause."""
    UNKNOWN = "unknown"
    """Nobody was watching, or nobody could see."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A stored spell of a village or link.

    Attributes:
        until: None while it lasts.
        state: a `VillageState` or `LinkState`, as text.
        incident: because of which.
    """

    since: int
    until: int | None
    state: str
    incident: str | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a timeline; those of a timeline touch each other and leave nothing out."""

    start: int
    end: int
    state: str
    incident: str | None = None

    @property
    def span(self) -> Span:
        """When."""
        return self.start, self.end


_HELD: Final[Mapping[str, Held]] = {
    VillageState.SERVED: Held.SERVED,
    LinkState.UP: Held.SERVED,
    VillageState.DEGRADED: Held.DEGRADED,
    VillageState.DARK: Held.DOWN,
    LinkState.DOWN: Held.DOWN,
    VillageState.MAINTENANCE: Held.DOWN,
}


_WORKING: Final = frozenset({Held.SERVED, Held.DEGRADED})


def held(state: str) -> Held:
    """Return what the books make of a state: work in progress is down, doubt is unknown."""
    return _HELD.get(state, Held.UNKNOWN)


def settle(spells: Iterable[Spell], watched: Sequence[Span], span: Span) -> list[Stretch]:
    """Return the timeline of a span.

    Where no spell says anything, and where nobody watched, all is unknown. Should two spells
    overlap, the one that begins later is the newer word.

    Args:
        spells: of one place, in any order.
        watched: when the rules were watching and could see.
        span: from when to when; an open spell lasts to its end.
    """
    start, end = span
    stretches: list[Stretch] = []
    ordered = sorted(spells, key=_order)
    ends = [*(spell.since for spell in ordered[1:]), end]
    at = start
    for spell, latest in zip(ordered, ends, strict=False):
        until = min(latest, end, end if spell.until is None else spell.until)
        since = max(at, spell.since)
        if since >= until:
            continue
        if at < since:
            stretches.append(Stretch(at, since, VillageState.UNKNOWN))
        stretches += _watched(Stretch(since, until, spell.state, spell.incident), watched)
        at = until
    if at < end:
        stretches.append(Stretch(at, end, VillageState.UNKNOWN))
    return stretches


def without_any(links: Sequence[Sequence[Stretch]], span: Span) -> list[Span]:
    """Return when none of a village's links was seen to work, within a span."""
    dark = [span]
    for stretches in links:
        dark = intersect(
            dark, (each.span for each in stretches if held(each.state) not in _WORKING)
        )
    return dark


def _order(spell: Spell) -> tuple[int, float, str]:
    """Sort key: of spells that began in one second, the longest counts."""
    return spell.since, math.inf if spell.until is None else spell.until, spell.state


def _watched(stretch: Stretch, watched: Sequence[Span]) -> Iterable[Stretch]:
    for (start, end), seen in split(stretch.span, watched):
        if seen:
            yield Stretch(start, end, stretch.state, stretch.incident)
        else:
            yield Stretch(start, end, VillageState.UNKNOWN)
