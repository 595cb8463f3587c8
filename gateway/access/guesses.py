"""Lock-out: who guesses is made to wait, longer each time, and nobody else is.

Three things are counted apart, because behind one address there may be a whole district (mobile
networks put thousands of subscribers behind one), and one token may be guessed at from many:

- the pair of an address and a name, a token's id or a device's code: few wrong secrets lock it;
- the address: more of them lock out every name that was not let in from there before;
- the name: many of them, from many addresses, lock it for addresses it was never let in from.

So an attacker locks out himself, and whoever is let in where he always was comes in as before.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PAIR_TRIES: Final = 5
ADDRESS_TRIES: Final = 20
NAME_TRIES: Final = 100
_FIRST_LOCK: Final = timedelta(seconds=2)
_LONGEST_LOCK: Final = timedelta(minutes=15)
_FORGET: Final = timedelta(hours=1)
"""Without a wrong guess for so long, and with no lock in force, all is forgotten."""
_MOST_DOUBLINGS: Final = 12
_ANY: Final = "*"
"""In the place of an address or a name; is neither."""


@dataclass(slots=True)
class _Count:
    wrong: int
    last_at: datetime
    locked_until: datetime


class Guesses:
    """Counts wrong secrets; its memory is bounded, and the oldest is forgotten first.

    Args:
        most: counts, and pairs that were let in, that are remembered.
    """

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()
        self._familiar: OrderedDict[tuple[str, str], None] = OrderedDict()

    def locked_seconds(self, address: str, name: str, now: datetime) -> int:
        """Return how many seconds this address must wait with this name; 0: it need not."""
        keys = [(address, name)]
        if (address, name) not in self._familiar:
            keys += [(address, _ANY), (_ANY, name)]
        ends = [count.locked_until for key in keys if (count := self._counts.get(key))]
        longest = max((end - now for end in ends), default=timedelta(0))
        return max(0, math.ceil(longest.total_seconds()))

    def note_wrong(self, address: str, name: str, now: datetime) -> bool:
        """Count a wrong secret; return whether it locked something that was not locked."""
        return any(
            [
                self._count((address, name), PAIR_TRIES, now),
                self._count((address, _ANY), ADDRESS_TRIES, now),
                self._count((_ANY, name), NAME_TRIES, now) if name else False,
            ]
        )

    def note_right(self, address: str, name: str) -> None:
        """Remember that this name was let in from this address."""
        key = (address, name)
        self._counts.pop(key, None)
        self._familiar[key] = None
        self._familiar.move_to_end(key)
        while len(self._familiar) > self._most:
            self._familiar.popitem(last=False)

    def _count(self, key: tuple[str, str], tries: int, now: datetime) -> bool:
        count = self._counts.get(key)
        if count is None or now - max(count.last_at, count.locked_until) > _FORGET:
            count = self._counts[key] = _Count(0, now, now)
        count.wrong += 1
        count.last_at = now
        self._counts.move_to_end(key)
        while len(self._counts) > self._most:
            self._counts.popitem(last=False)
        if count.wrong < tries:
            return False
        doublings = min(count.wrong - tries, _MOST_DOUBLINGS)
        count.locked_until = now + min(_FIRST_LOCK * 2**doublings, _LONGEST_LOCK)
        return True
