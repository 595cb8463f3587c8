"""The watcher: from the broker to decisions, going on from where the process before ended."""

import asyncio
from datetime import UTC, datetime
from random import Random

from province.inventory import Inventory
from rules.engine.network import Network
from rules.rulebook.book import RuleBook
from rules.service.arrivals import Arrivals
from rules.service.consequences import Consequences
from rules.service.decider import INVENTORY, Decider, Known, Memory
from rules.service.feed import Feed
from rules.service.inventories import Inventories
from rules.service.journal import Journal, Position
from rules.service.lines import Line, own_line
from rules.service.recovery import decide_again
from rules.service.sight import Sight
from rules.settings import RulesSettings
from runtime.broker.address import BrokerAddress
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)


class Watcher:
    """Decides, and goes on deciding.

    Args:
        settings: of the service.
        broker: where messages come from.
        journal: has what came before, and gets what comes.
        inventories: that were decided by.
        consequences: take what is decided.
        clock: stamps messages; must not go back.
        random: spreads retries, and names what is begun anew.
    """

    def __init__(
        self,
        settings: RulesSettings,
        broker: BrokerAddress,
        journal: Journal,
        inventories: Inventories,
        consequences: Consequences,
        clock: Clock,
        random: Random,
    ) -> None:
        self._settings = settings
        self._broker = broker
        self._journal = journal
        self._inventories = inventories
        self._consequences = consequences
        self._clock = clock
        self._random = random
        self._known: dict[int, Known] = {}

    def begin(self, memory: Memory, known: Known, book: RuleBook, position: Position) -> None:
        """Decide again what the journal has behind a position, and get ready to go on.

        Args:
            memory: what was remembered at that position.
            known: the inventory that was decided by there.
            book: of rules.
            position: of the journal.
        """
        now, settings = self._clock.now(), self._settings
        self.decider = Decider(
            known,
            self._known_of,
            book,
            memory,
            self._consequences,
            settings.client_id,
            settings.quiet_absence,
        )
        self.arrivals = Arrivals(
            lambda: self.decider.known.network.devices,
            settings.province,
            settings.maximum_payload_bytes,
        )
        again = self._decide_again(position)
        if memory.heard_at:
            log.info(
                "going on from what was remembered",
                open_incidents=len(memory.engine.incidents),
                journal_lines=again,
                away_seconds=round(now.timestamp() - memory.heard_at, 3),
            )
        self._make_feed(memory)
        self._journal.rotate(**self.header())

    def header(self) -> dict[str, str]:
        """Return the fields of a segment's header."""
        memory = self.decider.memory
        return {"series": memory.engine.series, "inventory": str(memory.revision)}

    def use(self, known: Known) -> None:
        """Go on with another inventory, which is kept already."""
        self._known = {known.revision: known}
        line = own_line(INVENTORY, self._clock.now(), revision=known.revision)
        self.feed.own([line])

    def own(self, lines: list[Line]) -> None:
        """Take lines of our own."""
        self.feed.own(lines)

    def tasks(self) -> list[asyncio.Task[None]]:
        """Start all that goes on until it is cancelled."""
        feed = self.feed
        running = {
            "session": feed.session.run(),
            "canaries": feed.send_canaries(),
            "watch": feed.watch(),
        }
        return [asyncio.create_task(each, name=f"rules.{name}") for name, each in running.items()]

    def _make_feed(self, memory: Memory) -> None:
        # From now on a canary may be awaited; what was made before takes seconds, and is no
        # fault of the broker's.
        now = self._clock.now()
        away_since = datetime.fromtimestamp(memory.heard_at, UTC) if memory.heard_at else None
        token = f"{self._random.getrandbits(64):016x}"
        self.sight = Sight(token, self._settings.canary_overdue, now, memory.down, away_since)
        self.feed = Feed(
            self._settings,
            self._broker,
            self.arrivals,
            self.sight,
            self._journal,
            self.decider,
            self._clock,
            self._random,
        )
        self.feed.own(self.sight.begin(now))

    def _decide_again(self, position: Position) -> int:
        self._consequences.deciding_again = True
        try:
            return decide_again(self.decider, self._journal.read(position))
        finally:
            self._consequences.deciding_again = False

    def _known_of(self, revision: int) -> Known | None:
        if revision not in self._known:
            inventory = self._inventories.read(revision)
            if inventory is None:
                return None
            self._known[revision] = know(revision, inventory)
        return self._known[revision]


def know(revision: int, inventory: Inventory) -> Known:
    """Return an inventory with what is derived from it."""
    return Known(revision, inventory, Network(inventory))
