"""The shelf: where a kind of place's days are kept, and what is changed there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from psycopg import AsyncConnection

from rules.books.days import closed_at
from rules.books.queries import Subject, query
from rules.books.records import DayRecord, as_row

_COLUMNS: Final = (
    *("households", "served_seconds", "degraded_seconds", "down_seconds", "unknown_seconds"),
    *("maintenance_seconds", "mains_seconds", "battery_seconds", "backhaul_seconds"),
    *("radio_seconds", "access_seconds", "core_seconds", "unexplained_seconds"),
    *("sustained", "momentary", "sustained_net", "momentary_net"),
    *("sustained_network", "momentary_network"),
)
"""In the order of the queries."""


@dataclass(frozen=True, slots=True)
class _Change:
    kept: DayRecord | None
    new: DayRecord


@dataclass(frozen=True, slots=True)
class Shelf:
    """Days of villages, or of links.

    Attributes:
        subject: village or link.
    """

    subject: Subject

    async def put(
        self,
        connection: AsyncConnection,
        drafts: Sequence[DayRecord],
        reasons: Mapping[str, str],
        now: datetime,
    ) -> tuple[int, int]:
        """Keep what differs from what is kept; return rows written, and how many are corrections.

        Args:
            connection: in a transaction.
            drafts: what ought to be kept.
            reasons: why they were computed, by code.
            now: when that was.
        """
        kept = await self._read(connection, drafts)
        changes = [
            change
            for draft in drafts
            if (change := _change(kept.get((draft.day, draft.code)), draft, now)) is not None
        ]
        rows = [as_row(change.new, f"{self.subject}_code", now) for change in changes]
        logged = [
            self._entry(change, change.kept, reasons[change.new.code])
            for change in changes
            if change.kept is not None and _is_closed(change.kept)
        ]
        if rows:
            await connection.execute(query("keep_days", self.subject), {"rows": json.dumps(rows)})
        if logged:
            values = {"rows": json.dumps(logged), "now": now}
            await connection.execute(query("log_revisions"), values)
        return len(rows), sum(change.new.revision > 0 for change in changes)

    async def _read(
        self, connection: AsyncConnection, drafts: Sequence[DayRecord]
    ) -> dict[tuple[date, str], DayRecord]:
        if not drafts:
            return {}
        days = [draft.day for draft in drafts]
        values = {
            "codes": sorted({draft.code for draft in drafts}),
            "first": min(days),
            "last": max(days),
        }
        kept = {}
        cursor = await connection.execute(query("days", self.subject), values)
        async for day, code, revision, status, built_at, *rest in cursor:
            columns = dict(zip(_COLUMNS, rest, strict=True))
            kept[day, code] = DayRecord(day, code, columns, revision, status, built_at)
        return kept

    def _entry(self, change: _Change, kept: DayRecord, reason: str) -> dict[str, Any]:
        before, after = kept.differences(change.new)
        return {
            "kind": change.new.status,
            "day": change.new.day.isoformat(),
            "subject": self.subject,
            "code": change.new.code,
            "revision": change.new.revision,
            "before": before,
            "after": after,
            "reason": reason,
        }


def _change(kept: DayRecord | None, draft: DayRecord, now: datetime) -> _Change | None:
    """Return what to do about a draft; None if it says what is kept."""
    if kept is None:
        return _Change(None, draft)
    if kept.is_whole:
        # Who lived there that day is not changed by a later inventory.
        values = {**draft.values, "households": kept.values["households"]}
        draft = replace(draft, values=values)
    if kept.status == "provisional":
        # That nothing came late is worth keeping, too: the day need not be looked at again.
        closes = not _is_closed(kept) and now >= closed_at(kept.day)
        return _Change(kept, draft) if closes or draft.values != kept.values else None
    if draft.values == kept.values:
        return None
    return _Change(kept, replace(draft, revision=kept.revision + 1, status="correction"))


def _is_closed(kept: DayRecord) -> bool:
    """Whether what is kept was taken for the whole day, and known to; a change of it is news."""
    return kept.built_at is not None and kept.built_at >= closed_at(kept.day)
