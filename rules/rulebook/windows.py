"""Windows: the values of the last hour or day, in slots, whatever order they come in.

A window is cut into slots of equal length, of which only sums are kept: a day of a province's rain
gauges would be a million values. Sums do not depend on the order. For a quarter of an hour after a
slot was last added to, the instants of its values are kept too, and a repeat is not added again.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from rules.rulebook.state import Held, Slot

SLOTS: Final = 48
"""Slots in a window of an hour or more: a day is seen to half an hour."""
FEW_SLOTS: Final = 16
"""Slots in a shorter window: a quarter of an hour is seen to a minute."""
_SHORT_SECONDS: Final = 3600.0
_MILLION: Final = 1_000_000
_THOUSAND: Final = 1000
_LOOKS_A_SLOT: Final = 8
NEAR_SECONDS: Final = 0.002
"""Instants that are further apart are not of one millisecond, however they are rounded."""
_REMEMBERED_SECONDS: Final = 900.0
_LEAST_SEEN: Final = 0.5
"""Share of a window that must be spanned by values before it says anything of the whole."""


class Window:
    """A window that ends at the newest value.

    Args:
        seconds: its length.
        extremes: least and most are asked for.

    Attributes:
        width: seconds in a slot.
        look: seconds after which it is worth to reduce it again.
        seconds: its length.
    """

    __slots__ = ("_count", "_extremes", "_span", "look", "seconds", "width")

    def __init__(self, seconds: float, *, extremes: bool = False) -> None:
        self.seconds = seconds
        self._extremes = extremes
        self._span = _LEAST_SEEN * seconds
        self._count = SLOTS if seconds >= _SHORT_SECONDS else FEW_SLOTS
        self.width = seconds / self._count
        self.look = self.width / _LOOKS_A_SLOT

    def add(self, held: Held, at: float, value: float, newest: float) -> bool:
        """Add a value; return whether it was new and is inside.

        Args:
            held: of the series; changed in place.
            at: the value's instant.
            value: finite.
            newest: the newest instant of the series so far.
        """
        number = int(at // self.width)
        slot = held.slots.get(number)
        if slot is None:
            slot = self._begin(held, number, max(newest, at))
        if slot is None or slot.taken is None:
            return False
        offset = self._offset(number, at)
        if at > newest:
            # Later than all, so no repeat, unless both are of one millisecond.
            near = at - newest < NEAR_SECONDS and slot.count
            if near and offset == self._offset(number, newest):
                return False
            newest = at
            slot.taken.append(offset)
        elif not _put(slot.taken, offset):
            return False
        if self._extremes:
            slot.least = min(slot.least, value) if slot.count else value
            slot.most = max(slot.most, value) if slot.count else value
        millionths = round(value * _MILLION)
        held.count += 1
        held.total += millionths
        slot.count += 1
        slot.total += millionths
        slot.offsets += offset
        slot.touched = newest
        return True

    def extend(self, held: Held, times: Sequence[float], values: Sequence[float]) -> None:
        """Add values that are newer than all, each by `NEAR_SECONDS` or more than the one before.

        It comes to the same as to `add` them one by one, and costs less.

        Args:
            held: of the series; changed in place.
            times: the values' instants.
            values: finite.
        """
        start, width, slots = 0, self.width, held.slots
        while start < len(times):
            at, end = times[start], start + 1
            number = at // width
            while end < len(times) and times[end] // width == number:
                end += 1
            slot = slots.get(int(number))
            if slot is None:
                self._let_go(held, int(number) - self._count, at)
                slot = slots[int(number)] = Slot(taken=[])
            begin = number * width
            offsets = [round((at - begin) * _THOUSAND) for at in times[start:end]]
            self._fill(held, slot, offsets, values[start:end])
            slot.touched = times[end - 1]
            start = end

    def _fill(
        self, held: Held, slot: Slot, offsets: Sequence[int], values: Sequence[float]
    ) -> None:
        assert slot.taken is not None  # noqa: S101 - for the type checker: it is the newest
        if self._extremes:
            slot.least = min(slot.least, *values) if slot.count else min(values)
            slot.most = max(slot.most, *values) if slot.count else max(values)
        millionths = sum([round(value * _MILLION) for value in values])
        slot.taken += offsets
        slot.count += len(offsets)
        slot.total += millionths
        slot.offsets += sum(offsets)
        held.count += len(offsets)
        held.total += millionths

    def _offset(self, number: int, at: float) -> int:
        return round((at - number * self.width) * _THOUSAND)

    def _begin(self, held: Held, number: int, newest: float) -> Slot | None:
        """Return a new slot; None if it would be outside."""
        first = int(newest // self.width) - self._count
        if number <= first:
            return None
        self._let_go(held, first, newest)
        late = held.slots and number < next(reversed(held.slots))
        slot = held.slots[number] = Slot(taken=[])
        if late:
            held.slots = dict(sorted(held.slots.items()))
        return slot

    def _let_go(self, held: Held, first: int, newest: float) -> None:
        slots = held.slots
        while slots and (oldest := next(iter(slots))) <= first:
            gone = slots.pop(oldest)
            held.count -= gone.count
            held.total -= gone.total
        if self._span <= _REMEMBERED_SECONDS * _LEAST_SEEN:
            return  # a short window lets a slot go before it would forget its instants
        limit = newest - _REMEMBERED_SECONDS
        for number, slot in slots.items():
            if slot.taken and slot.touched < limit and (number + 1) * self.width < limit:
                slot.taken, slot.touched = None, 0.0

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
        return (newest // self.width - next(iter(held.slots)) + 1) * self.width >= self._span

    def change(self, held: Held) -> float:
        """Return the change a second, from the mean of the first slot to that of the last."""
        first, last = next(iter(held.slots)), next(reversed(held.slots))
        start, end = held.slots[first], held.slots[last]
        apart = self._middle(last, end) - self._middle(first, start)
        return (end.total / end.count - start.total / start.count) / _MILLION / apart

    def _middle(self, number: int, slot: Slot) -> float:
        return number * self.width + slot.offsets / _THOUSAND / slot.count


@lru_cache
def window_of(seconds: float, *, extremes: bool = False) -> Window:
    """Return the window of a length; it holds no values, and is the same for all series.

    Args:
        seconds: its length.
        extremes: least and most are asked for.
    """
    return Window(seconds, extremes=extremes)


def _put(taken: list[int], offset: int) -> bool:
    """Put a time where it belongs among those in order; return whether it was not there."""
    place = bisect_left(taken, offset)
    if place < len(taken) and taken[place] == offset:
        return False
    taken.insert(place, offset)
    return True
