"""Windows of maintenance, each with the time at which it was announced."""

from dataclasses import replace

from psycopg import AsyncConnection

from rules.backtest.period import Period
from rules.incidents.scopes import Scopes
from rules.incidents.windows import window_events
from rules.model import Window
from rules.store.windows import load_windows


async def read_windows(connection: AsyncConnection, period: Period, scopes: Scopes) -> list[Window]:
    """Return the windows that matter in a period, one for each object and time.

    One that was cancelled is as it was in the end: history does not say what was told before.
    """
    start, end = period.reads_from.timestamp(), period.ends_at.timestamp()
    return [
        replace(event, at=window.created_at)
        for window in await load_windows(connection, period.reads_from)
        if window.created_at < end
        for event in window_events((window,), scopes, start, end - start)
    ]
