"""The bookkeeper: keeps the books up to date beside a service, through outages of the database."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Final

from psycopg import Error

from rules.books.builder import Built, tick
from runtime.backoff import Backoff, BackoffPolicy
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.failures import FailureKind, classify
from runtime.logs import get_logger

log = get_logger(__name__)

INTERVAL: Final = timedelta(minutes=2)
"""Between two looks; one without news takes a tenth of a second."""

_BACKOFF: Final = BackoffPolicy(first=timedelta(seconds=1), cap=timedelta(minutes=1))


class Bookkeeper:
    """Calls `tick` again and again, for as long as `run` runs, on a connection of its own.

    Args:
        address: the database, with the rights of the rules.
        clock: tells what has happened by now.
        random: spreads retries.
        interval: between two looks.
        on_built: told of each look, for instruments.
    """

    def __init__(
        self,
        address: DatabaseAddress,
        clock: Clock,
        random: Random,
        *,
        interval: timedelta = INTERVAL,
        on_built: Callable[[Built], None] | None = None,
    ) -> None:
        self._address = address
        self._clock = clock
        self._backoff = Backoff(_BACKOFF, random)
        self._interval = interval
        self._on_built = on_built
        self._failure: FailureKind | None = None

    async def run(self) -> None:
        """Keep the books until cancelled. What was under way then is done again next time."""
        while True:
            try:
                await self._work()
            except (Error, OSError, TimeoutError) as error:
                self._failed(error)
                await asyncio.sleep(self._backoff.delay().total_seconds())

    async def _work(self) -> None:
        async with await connect(self._address, "srepok-rules-books") as connection:
            while True:
                built = await tick(connection, self._clock.now())
                self._succeeded(built)
                await asyncio.sleep(self._interval.total_seconds())

    def _failed(self, error: Exception) -> None:
        kind = classify(error)
        # An outage is one line, whatever the words of each attempt.
        if kind is not self._failure:
            reason = f"{type(error).__name__}: {error}".strip().splitlines()[0]
            log.warning("the books cannot be kept, trying on", reason=reason, kind=kind.value)
            self._failure = kind

    def _succeeded(self, built: Built) -> None:
        if self._failure is not None:
            log.info("the books are kept again", attempts=self._backoff.failures)
            self._failure = None
        self._backoff.reset()
        if built.corrected:
            log.info("days that were final were corrected", rows=built.corrected)
        if built.finished:
            log.info("days became final", days=[day.isoformat() for day in built.finished])
        if self._on_built is not None:
            self._on_built(built)
