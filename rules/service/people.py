"""What people did: windows, mutes and acknowledgements, from the database to who acts by them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from rules.incidents.geography import Geography
from rules.incidents.mutes import Mute
from rules.incidents.scopes import Scopes
from rules.incidents.windows import PlannedWindow, window_events
from rules.model import Window
from rules.service.decider import Known
from rules.service.lines import Line, window_line
from rules.store.people import load_acknowledgements, load_escalations, load_mutes, load_windows

_AHEAD: Final = timedelta(days=2)
"""Occurrences of windows are told so far ahead; they are looked at anew each hour."""


@dataclass(frozen=True, slots=True)
class People:
    """What people did, as the database has it."""

    windows: list[PlannedWindow]
    mutes: list[Mute]
    acknowledged: dict[str, float | None]
    escalated: dict[str, int]


async def load_people(connection: AsyncConnection, now: datetime) -> People:
    """Return what people did."""
    acknowledgements = await load_acknowledgements(connection)
    return People(
        await load_windows(connection, now),
        await load_mutes(connection, now),
        {incident: each.until for incident, each in acknowledgements.items()},
        await load_escalations(connection),
    )


def window_lines(
    windows: Iterable[PlannedWindow],
    known: Known,
    told: Mapping[str, Window],
    now: datetime,
) -> list[Line]:
    """Return the lines of windows that the engine does not know, or knows otherwise."""
    scopes = Scopes(Geography(known.inventory), known.network)
    events = window_events(windows, scopes, now.timestamp(), _AHEAD.total_seconds())
    return [
        window_line(now, each.name, each.node, _instant(each.starts_at), _instant(each.ends_at))
        for each in events
        if not _is_known(each, told.get(each.name))
    ]


def _is_known(window: Window, known: Window | None) -> bool:
    if known is None:
        # What was taken back before it was ever told need not be taken back.
        return window.ends_at == 0
    told = (round(known.starts_at, 3), round(known.ends_at, 3))
    return told == (round(window.starts_at, 3), round(window.ends_at, 3))


def _instant(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
