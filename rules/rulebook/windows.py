"""Windows: the values of the last hour or day, in slots, whatever order they come in.

A window is cut into slots of equal length, of which only sums are kept: a day of a province's rain
gauges would be a million values. Sums do not depend on the order. For an hour after a slot was last
added to, the instants of its values are kept too, and a repeat of one of them is not added again.
"""

from collections.abc import Mapping
from typing import Final

from rules.rulebook.state import Slot

SLOTS: Final = 96
"""Slots in a window: a day is seen to a quarter of an hour."""
_LOOKS_A_SLOT: Final = 5
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

    __slots__ = ("_seconds", "look", "width")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.width = seconds / SLOTS
        self.look = self.width / _LOOKS_A_SLOT

    def add(self, slots: dict[int, Slot], at: float, value: float, newest: float) -> bool:
        """Add a value; return whether it was new and is inside.

        Args:
            slots: those of the series; changed in place.
            at: the value's instant.
            value: finite.
            newest: the newest instant of the series so far.
        """
        width = self.width
        number = int(at // width)
        first = int((max(at, newest)) // width) - SLOTS
        if number <= first:
            return False
        slot = slots.get(number)
        if slot is None:
            self._let_go(slots, first, max(newest, at))
            slot = slots[number] = Slot(least=value, most=value)
        elif slot.instants is None or at in slot.instants:
            return False
        _put(slot, at - number * width, at, value)
        slot.touched = max(at, newest)
        return True

    def _let_go(self, slots: dict[int, Slot], first: int, newest: float) -> None:
        gone = []
        limit = newest - _REMEMBERED_SECONDS
        for number, slot in slots.items():
            if number <= first:
                gone.append(number)
            elif (
                slot.instants is not None
                and slot.touched < limit
                and (number + 1) * self.width < limit
            ):
                slot.instants = None
        for number in gone:
            del slots[number]

    def reduced(self, slots: Mapping[int, Slot], take: str) -> float:
        """Return mean, sum, least or most of the values."""
        if take == "least":
            return min(slot.least for slot in slots.values())
        if take == "most":
            return max(slot.most for slot in slots.values())
        # In the order of time, so that rounding does not depend on the order they came in.
        total = sum(slots[number].total for number in sorted(slots))
        return total if take == "sum" else total / sum(slot.count for slot in slots.values())

    def spans(self, slots: Mapping[int, Slot]) -> bool:
        """Whether values were seen over enough of it."""
        return (max(slots) - min(slots) + 1) * self.width >= _LEAST_SEEN * self._seconds

    def change(self, slots: Mapping[int, Slot]) -> float:
        """Return the change a second, from the mean of the first slot to that of the last."""
        first, last = min(slots), max(slots)
        start, end = slots[first], slots[last]
        apart = self._middle(last, end) - self._middle(first, start)
        return (end.total / end.count - start.total / start.count) / apart

    def _middle(self, number: int, slot: Slot) -> float:
        return number * self.width + slot.seconds / slot.count


def _put(slot: Slot, offset: float, at: float, value: float) -> None:
    slot.count += 1
    slot.total += value
    slot.seconds += offset
    if value < slot.least:
        slot.least = value
    elif value > slot.most:
        slot.most = value
    if slot.instants is not None:
        slot.instants.append(at)
