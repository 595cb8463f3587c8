"""Decisions: what the rules make of the lines of an event log, written as the service writes it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Final

from psycopg import AsyncConnection

from province.inventory import Inventory
from rules.incidents.fold import DeskState
from rules.incidents.mutes import Mute
from rules.rulebook.reader import SHIPPED, read_rulebook
from rules.service.arrivals import Arrivals, Heard, heard
from rules.service.consequences import Consequences
from rules.service.decider import Decider
from rules.service.lines import Line, beat_line, now_of, part_line, tick_line
from rules.service.outbox import Outbox
from rules.service.recovery import fresh_memory
from rules.service.results import load_notification, notification_line
from rules.service.told import Told
from rules.service.watcher import know
from rules.store.changes import apply_changes
from runtime.broker.message import Message
from tests.dashboards.simulated.notices import SimulatedNotices

_BLINDING: Final = frozenset({"broker", "ingest"})
"""Without these the writer of an event log delivers nothing."""
_BEAT: Final = timedelta(minutes=5)
"""Between two proofs that we see; the service has one a second, and writes one a minute down."""
_ROOM: Final = 1_000_000
_AT_ONCE: Final = 200
"""Changes in a transaction, as in the service."""


class Decisions:
    """Decides by lines of an event log, one after the other.

    Args:
        inventory: the published one.
        revision: its number in the database.
        start: when somebody begins to watch.
        random: what becomes of notices.
    """

    def __init__(
        self, inventory: Inventory, revision: int, start: datetime, random: Random
    ) -> None:
        self._outbox = Outbox(_ROOM)
        self._consequences = Consequences(self._outbox, Told())
        self._consequences.begin(DeskState())
        self._consequences.notices = self._notices = SimulatedNotices(random)
        # Incidents of days are no news to whoever reads the log of this process.
        self._consequences.deciding_again = True
        self._decider = Decider(
            know(revision, inventory),
            lambda _: None,
            read_rulebook(SHIPPED),
            fresh_memory("sim-", revision),
            self._consequences,
            "rules",
            timedelta(minutes=5),
        )
        devices = self._decider.known.network.devices
        self._arrivals = Arrivals(lambda: devices, "66", 65_536)
        self._beat_at = start

    def hear(self, message: Message) -> None:
        """Take a message that the broker delivered."""
        for each in self._arrivals.read(message, message.received_at):
            self._decider.take(each)

    def take(self, line: Line) -> None:
        """Take any other line."""
        self._decider.take(_of_our_own(line))

    def go_on(self, at: datetime) -> None:
        """Note that it is so late: call before what came then is taken.

        Every few minutes we see that we see, and what is to be told to people.
        """
        while self._beat_at <= at:
            blind = bool(self._decider.memory.blinding)
            self._decider.take(heard((tick_line if blind else beat_line)(self._beat_at)))
            for result in self._notices.send(self._beat_at.timestamp()):
                line = notification_line(result, datetime.fromtimestamp(result.at, UTC))
                self._consequences.note(load_notification(line))
            self._beat_at += _BEAT

    async def write(self, connection: AsyncConnection) -> None:
        """Write down what was decided and is not written yet."""
        while changes := self._outbox.first(_AT_ONCE):
            await apply_changes(connection, changes)
            self._outbox.written(changes)

    def mute(self, mutes: Iterable[Mute]) -> None:
        """Hold notices as people want it from now on."""
        self._notices.mute(mutes)


def _of_our_own(line: Line) -> Heard:
    """Return a line as the service would have written it, which names what it sees through."""
    part = {"broker": "broker", "service": line.get("service")}.get(line["kind"])
    if part is None:
        return heard(line)
    at, up = now_of(line), line["state"] == "up"
    return heard(part_line(at, part, up=up, blinding=part in _BLINDING, now=at))
