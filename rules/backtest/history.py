"""History: stored rows, in the order in which they were received, a few thousand at a time."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any, Final, LiteralString

from psycopg import AsyncConnection, AsyncServerCursor

from rules.backtest.period import slices
from rules.backtest.statements import AT, LATE, PUNCTUAL, stream

Row = tuple[Any, ...]
"""One row of the stream; `rules.backtest.statements` says what its columns are."""

_ROWS: Final = 10_000
_SLICE: Final = timedelta(minutes=10)
"""What a whole province says in so long is sorted within `_WORK_MEMORY`."""
_BLOCK: Final = timedelta(days=1)
_WORK_MEMORY: Final = "SET LOCAL work_mem = '128MB'"
_LAG: Final = timedelta(minutes=15)
_OLDEST: Final = timedelta(days=8)
"""Ingest refuses what is a week old."""

_at: Final = itemgetter(AT)


class History:
    """Reads stored rows of any stretch of time, in the memory of some thousand.

    Args:
        connection: in no transaction; may read the hypertables.
        extras: more columns of `link_reports` that are wanted.
        metrics: numbers of the metrics whose readings are wanted.
    """

    def __init__(
        self, connection: AsyncConnection, extras: Sequence[str] = (), metrics: Sequence[int] = ()
    ) -> None:
        self._connection = connection
        self._extras = extras
        self._metrics = list(metrics)

    async def read(self, start: datetime, end: datetime) -> AsyncGenerator[list[Row], None]:
        """Yield the rows received in a stretch, some thousand at a time, in that order."""
        for begin, until in slices(start, end, _BLOCK):
            async with self._connection.transaction():
                await self._connection.execute(_WORK_MEMORY)
                async for rows in self._read_block(begin, until):
                    yield rows

    async def _read_block(self, start: datetime, end: datetime) -> AsyncIterator[list[Row]]:
        async with self._open("late", LATE, start, end) as cursor:
            late = _Late(cursor)
            for begin, until in slices(start, end, _SLICE):
                async with self._open("punctual", PUNCTUAL, begin, until) as punctual:
                    while rows := await punctual.fetchmany(_ROWS):
                        yield await late.merge(rows)
                if rest := await late.take(until.timestamp()):
                    yield rest

    @asynccontextmanager
    async def _open(
        self, name: str, which: LiteralString, start: datetime, end: datetime
    ) -> AsyncIterator[AsyncServerCursor[Row]]:
        values = {
            "from": start,
            "until": end,
            "lag": _LAG,
            "oldest": _OLDEST,
            "metrics": self._metrics,
        }
        cursor: AsyncServerCursor[Row]
        async with AsyncServerCursor(self._connection, name) as cursor:
            await cursor.execute(stream(which, self._extras), values, binary=True)
            yield cursor


class _Late:
    """Rows that came long after they were observed, waiting for those that came with them."""

    def __init__(self, cursor: AsyncServerCursor[Row]) -> None:
        self._cursor = cursor
        self._waiting: list[Row] = []
        self._ended = False

    async def merge(self, rows: list[Row]) -> list[Row]:
        """Return these rows and the late ones up to their last, in order."""
        late = await self.take(rows[-1][AT])
        # Two sorted runs: sorting them is merging them.
        return sorted(rows + late, key=_at) if late else rows

    async def take(self, until: float) -> list[Row]:
        """Return the late rows up to an instant that were not taken yet."""
        taken: list[Row] = []
        while not self._ended and (not self._waiting or self._waiting[-1][AT] <= until):
            taken += self._waiting
            self._waiting = await self._cursor.fetchmany(_ROWS)
            self._ended = not self._waiting
        split = next(
            (place for place, row in enumerate(self._waiting) if row[AT] > until),
            len(self._waiting),
        )
        taken += self._waiting[:split]
        del self._waiting[:split]
        return taken
