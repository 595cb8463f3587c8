"""States of villages and links, as they were said last, and how many of each there are."""

from collections import Counter
from typing import Final, TypeVar

from rules.model import LinkNotice, LinkState, Transition, VillageNotice, VillageState

_EVERY: Final = "*"
_State = TypeVar("_State", VillageState, LinkState)


def note_states(
    transition: Transition, villages: dict[str, VillageState], links: dict[str, LinkState]
) -> None:
    """Note what a transition says of a village or link."""
    if isinstance(transition, VillageNotice):
        _settle(villages, transition.village, transition.state)
    elif isinstance(transition, LinkNotice):
        _settle(links, transition.link, transition.state)


def count_states(states: dict[str, _State], total: int, other: _State) -> Counter[_State]:
    """Return how many of so many are in each state; what nothing was said of is in `other`."""
    said = {name: state for name, state in states.items() if name != _EVERY}
    counts = Counter(said.values())
    counts[states.get(_EVERY, other)] += max(0, total - len(said))
    return counts


def _settle(states: dict[str, _State], name: str, state: _State) -> None:
    """Note a state; one of everything takes the place of all of them."""
    if name == _EVERY:
        states.clear()
    states[name] = state
