"""Windows: the values of the last hour or day, in slots, whatever order they come in.

A window is cut into slots of equal length, of which only sums are kept: a day of a province's rain
gauges would be a million values. Sums do not depend on the order. For an hour after a slot was last
added to, the instants of its values are kept too, and a repeat of one of them is not added again.
"""

from typing import Final

from rules.rulebook.state import Held, Slot

SLOTS: Final = 48
"""Slots in a window: a day is seen to half an hour."""
_MILLION: Final = 1_000_000
_LOOKS_A_SLOT: Final = 8
_REMEMBERED_SECONDS: Final = 3600.0
_LEAST_SEEN: Final = 0.5
"""Share of a window that must be spanned by values before it says anything of the whole."""


class Window:
    """A window that ends at the newest value.

    Args:
        seconds: its length.

    Attributes:
        width: seconds in a slot.
        look: seconds after which it is worth to reduce it again.
    """

    __slots__ = ("_span", "look", "width")

    def __init__(self, seconds: float) -> None:
        self._span = _LEAST_SEEN * seconds
        self.width = seconds / SLOTS
        self.look = self.width / _LOOKS_A_SLOT

    def add(self, held: Held, at: float, value: float, newest: float) -> bool:
        """Add a value; return whether it was new and is inside.

        Args:
            held: of the series; changed in place.
            at: the value's instant.
            value: finite.
            newest: the newest instant of the series so far.
        """
        newest = max(newest, at)
        number = int(at // self.width)
        first = int(newest // self.width) - SLOTS
        if number <= first:
            return False
        slot = held.slots.get(number)
        if slot is None:
            self._let_go(held, first, newest)
            slot = held.slots[number] = Slot(least=value, most=value)
        elif slot.instants is None or at in slot.instants:
            return False
        millionths = round(value * _MILLION)
        held.count += 1
        held.total += millionths
        _put(slot, at - number * self.width, at, value, millionths)
        slot.touched = newest
        return True

    def _let_go(self, held: Held, first: int, newest: float) -> None:
        slots = held.slots
        while slots and (oldest := min(slots)) <= first:
            gone = slots.pop(oldest)
            held.count -= gone.count
            held.total -= gone.total
        if self._span < _REMEMBERED_SECONDS * _LEAST_SEEN:
            return  # a short window lets a slot go before it would forget its instants
        limit = newest - _REMEMBERED_SECONDS
        for number, slot in slots.items():
            if slot.touched < limit and (number + 1) * self.width < limit:
                slot.instants = None

    def reduced(self, held: Held, take: str) -> float:
        """Return mean, sum, least or most of the values."""
        if take == "least":
            return min(slot.least for slot in held.slots.values())
        if take == "most":
            return max(slot.most for slot in held.slots.values())
        total = held.total / _MILLION
        return total if take == "sum" else total / held.count

    def spans(self, held: Held, newest: float) -> bool:
        """Whether values were seen over enough of it."""
        return (newest // self.width - min(held.slots) + 1) * self.width >= self._span

    def change(self, held: Held) -> float:
        """Return the change a second, from the mean of the first slot to that of the last."""
        first, last = min(held.slots), max(held.slots)
        start, end = held.slots[first], held.slots[last]
        apart = self._middle(last, end) - self._middle(first, start)
        return (end.total / end.count - start.total / start.count) / _MILLION / apart

    def _middle(self, number: int, slot: Slot) -> float:
        return number * self.width + slot.seconds / slot.count


def _put(slot: Slot, offset: float, at: float, value: float, millionths: int) -> None:
    slot.count += 1
    slot.total += millionths
    slot.seconds += offset
    if value < slot.least:
        slot.least = value
    elif value > slot.most:
        slot.most = value
    if slot.instants is not None:
        slot.instants.append(at)
