"""Nodes: what is remembered of edge nodes, between their births and their deaths."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

_WRAP: Final = 256


SHARED: Final = ""
"""The name of an alias that a birth gives to several metrics; no metric is called so."""


class Order(Enum):
    """How a message stands to the one before it."""

    NEXT = "next"
    GAP = "gap"
    UNBORN = "unborn"


@dataclass(frozen=True, slots=True)
class Born:
    """What a birth says of a metric, and what the messages after it leave out.

    Attributes:
        datatype: 0 where it says none.
        unit: empty where it says none.
    """

    datatype: int = 0
    unit: str = ""


@dataclass(slots=True)
class EdgeNode:
    """One edge node, as its messages tell.

    Attributes:
        boot_id: the time of the birth that began its session, in milliseconds; 0 before one.
        bd_seq: the number by which its death will name that session.
        online: whether it is connected, as it and its will say.
        trusted: born, and nothing was missed since; only then aliases mean anything.
        asked_at: when a birth was asked for that has not come.
        types: of each sender (None: itself), its metrics' names and what its birth said of them.
        aliases: names by sender and alias.
    """

    boot_id: int = 0
    bd_seq: int = 0
    online: bool = False
    trusted: bool = False
    asked_at: datetime | None = None
    types: dict[str | None, dict[str, Born]] = field(default_factory=dict)
    aliases: dict[tuple[str | None, int], str] = field(default_factory=dict)
    _seq: int = -1
    _digest: bytes = b""
    _numbers: dict[str | None, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many names it makes us remember."""
        names = sum(map(len, self.types.values()))
        return names + len(self.aliases) + len(self.types) + len(self._numbers)

    def begin(self, born_at: int, bd_seq: int, seq: int, digest: bytes) -> bool:
        """Take a birth; whether a session began with it: with one that was asked for, none does."""
        begun = not (self.online and self.bd_seq == bd_seq)
        if begun:
            self.boot_id, self.bd_seq, self.online = born_at, bd_seq, True
            self._numbers = {}
        self.trusted, self.asked_at = True, None
        self._seq, self._digest = seq, digest
        self.aliases.clear()
        # Which devices were born is kept: their births follow, and are no news in the same session.
        self.types = {} if begun else {sender: {} for sender in self.types}
        return begun

    def follow(self, seq: int, digest: bytes) -> Order:
        """Take the number of the next message."""
        expected = (self._seq + 1) % _WRAP
        self._seq, self._digest = seq, digest
        if not self.online:
            return Order.UNBORN
        if seq != expected:
            self.trusted = False
            return Order.GAP
        return Order.NEXT

    def is_repeat(self, digest: bytes) -> bool:
        """Whether this is the message before, once more."""
        return digest == self._digest

    def learn(self, sender: str | None, metrics: dict[str, Born], aliases: dict[int, str]) -> bool:
        """Take the names of a birth; whether the sender was not known in this session."""
        new = sender not in self.types
        for known in [key for key in self.aliases if key[0] == sender]:
            del self.aliases[known]
        self.types[sender] = metrics
        self.aliases |= {(sender, alias): name for alias, name in aliases.items()}
        return new

    def forget(self, sender: str) -> None:
        """Forget a device that died."""
        self.learn(sender, {}, {})
        del self.types[sender]

    def end(self) -> list[str]:
        """Take its death, and return the devices that die with it."""
        devices = [sender for sender in self.types if sender is not None]
        self.online = self.trusted = False
        self.types.clear()
        self.aliases.clear()
        return devices

    def next_number(self, sender: str | None) -> int:
        """Return the number of the sender's next report in this session."""
        self._numbers[sender] = self._numbers.get(sender, -1) + 1
        return self._numbers[sender]


class EdgeNodes:
    """The edge nodes that spoke last; the others are forgotten and asked to introduce themselves.

    Args:
        most: of them.
        most_names: of all of them together.
    """

    def __init__(self, most: int, most_names: int) -> None:
        self._most = most
        self._most_names = most_names
        self._nodes: OrderedDict[str, EdgeNode] = OrderedDict()
        self._names = 0

    def __len__(self) -> int:
        return len(self._nodes)

    def update(self, node_id: str, change: Callable[[EdgeNode], None]) -> None:
        """Let a node be changed, and forget those that spoke longest ago if it is too much."""
        node = self._nodes.setdefault(node_id, EdgeNode())
        self._nodes.move_to_end(node_id)
        before = node.size
        try:
            change(node)
        finally:
            self._names += node.size - before
            while len(self._nodes) > self._most or self._names > self._most_names:
                _, forgotten = self._nodes.popitem(last=False)
                self._names -= forgotten.size


class Requests:
    """Whether to ask a node for its birth: once until it comes, and not all of them at once.

    Args:
        patience: after which an answer is not expected any more, and one may ask again.
        most_a_second: asked together.
    """

    def __init__(self, patience: timedelta, most_a_second: int) -> None:
        self._patience = patience
        self._most = most_a_second
        self._second: int = 0
        self._asked = 0

    def may_ask(self, node: EdgeNode, now: datetime) -> bool:
        """Whether to ask a node now; it is noted as asked then."""
        if node.asked_at is not None and now - node.asked_at < self._patience:
            return False
        second = int(now.timestamp())
        if second != self._second:
            self._second, self._asked = second, 0
        if self._asked >= self._most:
            return False
        self._asked += 1
        node.asked_at = now
        return True
