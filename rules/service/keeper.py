"""The keeper: writes down what is remembered, and lets go of what no snapshot needs."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from time import perf_counter

from rules.service.instruments import Instruments
from rules.service.journal import Journal
from rules.service.snapshots import Snapshot, Snapshots
from rules.settings import RulesSettings
from runtime.clock import Clock
from runtime.logs import get_logger

log = get_logger(__name__)

Parts = Mapping[str, bytes]
"""What each part remembers, as JSON."""
Saved = Callable[[], Awaitable[None]]
"""Called once a snapshot is safe on the disk."""


class Keeper:
    """Syncs the journal each second, and writes a snapshot each few.

    Args:
        settings: of the service.
        journal: where lines go.
        snapshots: where snapshots go.
        parts: returns what belongs in a snapshot, and what to do once it is safe.
        header: returns the fields of a new segment's header.
        instruments: show how it goes.
        clock: tells the time.

    Attributes:
        failure: why the last snapshot could not be written; None if it could.
    """

    def __init__(
        self,
        settings: RulesSettings,
        journal: Journal,
        snapshots: Snapshots,
        parts: Callable[[], tuple[Parts, Saved]],
        header: Callable[[], Mapping[str, str]],
        instruments: Instruments,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._snapshots = snapshots
        self._parts = parts
        self._header = header
        self._instruments = instruments
        self._clock = clock
        self._written_at: datetime | None = None
        self.failure: str | None = None

    async def run(self) -> None:
        """Keep until cancelled."""
        while True:
            await asyncio.sleep(self._settings.journal_sync.total_seconds())
            now = self._clock.now()
            if self._written_at is None or self._is_due(now):
                await self.snapshot()
            else:
                await self._sync()

    async def snapshot(self) -> None:
        """Write one now; a failure is said once, and kept in `failure`."""
        if self._journal.gap or self._is_full():
            # No snapshot may stand before a gap: what it lacks would never be decided.
            self._journal.rotate(**self._header())
        taken, saved = self._take()
        self._written_at = self._clock.now()
        try:
            await asyncio.to_thread(self._write, taken)
        except OSError as error:
            self._failed(error)
            return
        if self.failure is not None:
            log.info("snapshots are written again")
            self.failure = None
        await saved()
        self._instruments.snapshot_at.set(self._clock.now().timestamp())

    def _is_due(self, now: datetime) -> bool:
        assert self._written_at is not None  # noqa: S101 - for the type checker
        return now - self._written_at >= self._settings.snapshot_interval or self._journal.gap

    def _is_full(self) -> bool:
        return self._journal.position.offset >= self._settings.journal_segment_bytes

    def _take(self) -> tuple[Snapshot, Saved]:
        """Take everything at one moment, between two steps."""
        began = perf_counter()
        parts, saved = self._parts()
        self._instruments.snapshot_seconds.observe(perf_counter() - began)
        self._instruments.snapshot_bytes.set(sum(map(len, parts.values())))
        return Snapshot(self._journal.position, parts), saved

    def _write(self, snapshot: Snapshot) -> None:
        self._journal.sync()
        self._snapshots.write(snapshot)
        self._journal.prune(
            self._snapshots.oldest_position(),
            keep_seconds=self._settings.journal_keep.total_seconds(),
            keep_bytes=self._settings.journal_bytes,
        )

    async def _sync(self) -> None:
        try:
            await asyncio.to_thread(self._journal.sync)
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        reason = str(error)
        if self.failure is None:
            log.error(
                "the state cannot be written down; decisions go on, and a restart goes back to"
                " the last snapshot",
                reason=reason,
            )
        self.failure = reason
