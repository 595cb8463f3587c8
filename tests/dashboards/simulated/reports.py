"""Reports: what ingest makes of messages, with its accounts, queues and roll-ups."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, LiteralString

from psycopg import AsyncConnection

from ingest.decode import Decoder
from ingest.inventory import latest_revision, load_registry
from ingest.queues import Queues
from ingest.writer import Writer
from runtime.broker.counters import DROPPED, KEPT, KEPT_BYTES, RETAINED
from runtime.broker.message import Message
from runtime.database.capabilities import detect_capabilities
from tests.dashboards.aggregates import refresh_aggregates
from tests.eventlog import LIMITS

_WORKER: Final = "1"
_MINUTE: Final = timedelta(minutes=1)
_ROLL_UP: Final[LiteralString] = "SELECT more FROM roll_up(20000, hour_lag => '0', day_lag => '0')"
"""As upkeep calls it, but that hours and days do not wait for more minutes to flow into them."""


class _ToldClock:
    """A clock that is told the time."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time that it was told."""
        return self.at


class Reports:
    """Stores messages as ingest does.

    Args:
        connection: with the rights of ingest, to a database that has the inventory.
        owner: with those of the owner of the roll-ups.
        start: of the first message.

    Attributes:
        stored: how many records were new.
    """

    def __init__(
        self, connection: AsyncConnection, owner: AsyncConnection, start: datetime
    ) -> None:
        self._connection = connection
        self._owner = owner
        self._start = start
        self._clock = _ToldClock(start)
        self._waiting = 0
        self._broker = {KEPT: 0.0, KEPT_BYTES: 0.0, RETAINED: 0.0, DROPPED: 0.0}
        self._queues = Queues(lambda: self._waiting, self._broker, self._clock)
        self.stored = 0

    async def open(self) -> None:
        """Read the inventory, and get ready to write."""
        connection = self._connection
        capabilities = await detect_capabilities(connection)
        self._aggregates = capabilities.continuous_aggregates
        self._writer = Writer(connection, capabilities, _WORKER, timedelta(minutes=2))
        await self._writer.prepare()
        registry = await load_registry(connection, await latest_revision(connection), "66")
        self._decoder = Decoder(registry, LIMITS)

    async def store(self, messages: Sequence[Message]) -> None:
        """Store messages, in the order in which they were received."""
        if not messages:
            return
        batch = self._decoder.new_batch()
        for message in messages:
            self._decoder.decode(message, batch)
        self.stored += (await self._writer.write(batch)).stored
        self._look(messages)
        await self._queues.write(self._connection, _WORKER)

    async def roll_up(self, until: datetime) -> None:
        """Bring the roll-ups up to date; what the Community edition's policies would do included.

        Args:
            until: the present; unused where the roll-ups know what has changed.
        """
        if self._aggregates:
            day = timedelta(days=1)
            await refresh_aggregates(self._owner, self._start - day, until + day)
            return
        more = True
        while more:
            row = await (await self._connection.execute(_ROLL_UP)).fetchone()
            more = bool(row and row[0])

    def _look(self, messages: Sequence[Message]) -> None:
        """See what waits, once a minute: here, the messages of that minute."""
        counted: dict[datetime, list[int]] = {}
        for message in messages:
            minute = message.received_at.replace(second=0, microsecond=0)
            counted.setdefault(minute, []).append(len(message.payload))
        minute, last = min(counted), max(counted)
        while minute <= last:
            sizes = counted.get(minute, [])
            self._clock.at, self._waiting = minute, len(sizes)
            self._broker[KEPT], self._broker[KEPT_BYTES] = len(sizes), sum(sizes)
            self._queues.look()
            minute += _MINUTE
