"""What waits: in this process and at its broker, minute by minute, as the boards show it.

/metrics says how it is now, to whoever scrapes it; people at the boards also ask how it was last
night. A minute is written down while it lasts and once more when it is over.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from ingest.queries import query
from runtime.broker.counters import DROPPED, KEPT, KEPT_BYTES, RETAINED
from runtime.clock import Clock

_LOOK_INTERVAL: Final = timedelta(seconds=1)
_MOST: Final = 1_440
"""Minutes that are remembered while the database is away: a day."""


@dataclass(slots=True)
class QueueMinute:
    """What waited in one minute.

    Attributes:
        in_flight: most messages received and not committed.
        broker_messages: most messages that waited at the broker; None: it did not say.
        broker_bytes: most bytes of payload that it held; None: it did not say.
        broker_dropped: messages that it had thrown away since its start, in the end; None: it did
            not say.
    """

    in_flight: int = 0
    broker_messages: int | None = None
    broker_bytes: int | None = None
    broker_dropped: int | None = None


class Queues:
    """Looks at what waits, and remembers it until it is written down.

    Args:
        in_flight: returns the messages received and not committed.
        broker: what the broker says at present, by topic; empty: nothing.
        clock: tells which minute it is.
    """

    def __init__(
        self, in_flight: Callable[[], int], broker: Mapping[str, float], clock: Clock
    ) -> None:
        self._in_flight = in_flight
        self._broker = broker
        self._clock = clock
        self._minutes: dict[datetime, QueueMinute] = {}

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(_LOOK_INTERVAL.total_seconds())

    def look(self) -> None:
        """Take in what waits now."""
        now = self._clock.now().replace(second=0, microsecond=0)
        minute = self._minutes.setdefault(now, QueueMinute())
        minute.in_flight = max(minute.in_flight, self._in_flight())
        broker = self._broker
        if KEPT in broker and RETAINED in broker:
            # The two are heard one after the other.
            waiting = max(int(broker[KEPT] - broker[RETAINED]), 0)
            minute.broker_messages = max(minute.broker_messages or 0, waiting)
        if KEPT_BYTES in broker:
            minute.broker_bytes = max(minute.broker_bytes or 0, int(broker[KEPT_BYTES]))
        if DROPPED in broker:
            minute.broker_dropped = int(broker[DROPPED])
        while len(self._minutes) > _MOST:
            del self._minutes[next(iter(self._minutes))]

    async def write(self, connection: AsyncConnection, worker: str) -> None:
        """Write down what is not written yet, as this worker's.

        Raises:
            psycopg.Error: it could not be; all of it is remembered.
        """
        minutes = list(self._minutes)
        values = [
            {
                "minute": minute,
                "worker": worker,
                "in_flight": waited.in_flight,
                "broker_messages": waited.broker_messages,
                "broker_bytes": waited.broker_bytes,
                "broker_dropped": waited.broker_dropped,
            }
            for minute, waited in self._minutes.items()
        ]
        if values:
            await connection.cursor().executemany(query("note_queues"), values)
        # The newest may still grow.
        for minute in minutes[:-1]:
            self._minutes.pop(minute, None)
