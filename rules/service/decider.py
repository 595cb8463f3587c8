"""The decider: takes lines of the event log in order, and what they mean into all that follows.

Live and after a restart the same lines go through here, so a restart decides what was decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

from province.inventory import Inventory
from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.engine.state import State
from rules.model import Action, Event, IncidentNotice, LinkState, Transition, VillageState
from rules.plain import dump_plain, load_plain
from rules.rulebook.book import RuleBook
from rules.rulebook.changes import AlertChange
from rules.rulebook.engine import RuleBookEngine
from rules.rulebook.state import RuleBookState
from rules.service.arrivals import Heard
from rules.service.lines import Line, now_of
from rules.service.results import NOTIFICATION, load_notification
from rules.service.samples import samples_of
from rules.service.sight import RULES
from rules.service.spells import Watch, blinded, sees
from rules.service.states import note_states
from rules.store.changes import NotificationChange, WatchChange

INVENTORY: Final = "inventory"
"""Kind of the line that says by which inventory is decided from then on."""


@dataclass(frozen=True, slots=True)
class Known:
    """An inventory, and what is derived from it."""

    revision: int
    inventory: Inventory
    network: Network


@dataclass(slots=True)
class Memory:
    """What the decider remembers.

    Attributes:
        engine: what the engine does.
        rulebook: what the rulebook does.
        villages: state of each village that was ever said to have one.
        links: the same of links.
        down: parts of ours that are down, and since when.
        blinding: those of them without which nothing is seen.
        watch: the present spell of watching.
        heard_at: the time of the newest line, in seconds; 0 before the first.
        revision: of the inventory that is decided by.
    """

    engine: State = field(default_factory=State)
    rulebook: RuleBookState = field(default_factory=RuleBookState)
    villages: dict[str, VillageState] = field(default_factory=dict)
    links: dict[str, LinkState] = field(default_factory=dict)
    down: dict[str, float] = field(default_factory=dict)
    blinding: set[str] = field(default_factory=set)
    watch: Watch = field(default_factory=Watch)
    heard_at: float = 0.0
    revision: int = 0


class Follows(Protocol):
    """Takes what is decided to whoever must know of it."""

    def use(self, inventory: Inventory) -> None:
        """Go on with another inventory."""

    def take(
        self, transitions: Sequence[Transition], alerts: Sequence[AlertChange], now: float
    ) -> None:
        """Take what one line decided."""

    def note(self, change: WatchChange | NotificationChange) -> None:
        """Take something else that is to be written."""


class Decider:
    """Decides by an inventory, until a line names another one.

    Args:
        known: the inventory that the memory is about.
        known_of: returns the inventory of a revision that a line names; None if it is not kept.
        book: of rules.
        memory: to go on from.
        follows: takes what is decided.
        watcher: our name in spells of watching.
        quiet_absence: an absence of our own up to so long is told nobody.
    """

    def __init__(
        self,
        known: Known,
        known_of: Callable[[int], Known | None],
        book: RuleBook,
        memory: Memory,
        follows: Follows,
        watcher: str,
        quiet_absence: timedelta,
    ) -> None:
        self.memory = memory
        self._known_of = known_of
        self._book = book
        self._follows = follows
        self._watcher = watcher
        self._quiet_absence = quiet_absence.total_seconds()
        self._use(known)

    def take(self, heard: Heard) -> None:
        """Take one line."""
        line = heard.line
        at = now_of(line).timestamp()
        self.memory.heard_at = max(self.memory.heard_at, at)
        self._take_own(line, heard.event)
        transitions: list[Transition] = []
        if heard.event is not None:
            transitions = self._engine.advance((heard.event,), at)
            for transition in transitions:
                self._hush(transition)
                note_states(transition, self.memory.villages, self.memory.links)
        alerts = self._rulebook.advance(samples_of(line), at)
        if transitions or alerts:
            self._follows.take(transitions, alerts, at)

    def use_book(self, book: RuleBook) -> None:
        """Go on with another rulebook."""
        self._book = book
        self._rulebook = RuleBookEngine(book, self.known.inventory, self.memory.rulebook)

    def dump(self) -> bytes:
        """Return the memory as JSON."""
        return dump_plain(self.memory)

    # -- lines of our own ---------------------------------------------------------------

    def _take_own(self, line: Line, event: Event | None) -> None:
        kind = line["kind"]
        if kind == "service" and event is not None:
            self._note_part(line, event.at)
        elif kind == "beat" and event is not None and not self.memory.blinding:
            for change in sees(self.memory.watch, self._watcher, event.at):
                self._follows.note(change)
        elif kind == INVENTORY:
            known = self._known_of(line["revision"])
            if known is not None:
                self._use(known)
        elif kind == NOTIFICATION:
            self._follows.note(load_notification(line))

    def _use(self, known: Known) -> None:
        self.known = known
        self.memory.revision = known.revision
        self._engine = Engine(known.network, self.memory.engine)
        self.use_book(self._book)
        self._follows.use(known.inventory)

    def _note_part(self, line: Line, at: float) -> None:
        memory, part = self.memory, line["service"]
        if line["state"] == "down":
            memory.down.setdefault(part, at)
            if line["blinding"]:
                memory.blinding.add(part)
                self._rulebook.blind()
                for change in blinded(memory.watch, self._watcher, at):
                    self._follows.note(change)
            return
        memory.down.pop(part, None)
        if part in memory.blinding:
            memory.blinding.discard(part)
            if not memory.blinding:
                self._rulebook.seeing(at)

    def _hush(self, transition: Transition) -> None:
        """Keep a short absence of our own to ourselves: a restart is nobody's alarm."""
        if not isinstance(transition, IncidentNotice) or transition.action is not Action.OPEN:
            return
        incident = self.memory.engine.incidents.get(transition.incident)
        if incident is None or incident.candidate != RULES:
            return
        if transition.at - transition.onset <= self._quiet_absence:
            incident.notified = transition.notified = False


def load_memory(content: bytes) -> Memory:
    """Return a memory that was dumped.

    Raises:
        msgspec.MsgspecError: it is damaged, or of another version.
    """
    return load_plain(Memory, content)
