"""People: they take incidents on, announce work, and hold notices of what they know."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, LiteralString

from psycopg import AsyncConnection

from rules.incidents.mutes import Matcher, Mute, MuteKind, Operator
from rules.incidents.windows import ScopeKind
from rules.store.handling import acknowledge, comment
from rules.store.mutes import NewMute, add_mute, load_mutes
from rules.store.windows import NewWindow, add_window
from tests.dashboards.simulated.extras import Line

_OPEN: Final[LiteralString] = """
    SELECT incident_id FROM incidents
    WHERE status = 'open' AND acknowledged_at IS NULL AND opened_at <= %s
    ORDER BY opened_at, incident_id LIMIT 1
"""
_SCOPES: Final[LiteralString] = """
    SELECT DISTINCT place.kind
    FROM (
        SELECT 'node' AS kind, node_code AS code FROM nodes
        UNION ALL SELECT 'link', link_code FROM links
        UNION ALL SELECT 'village', village_code FROM villages
    ) AS place
    WHERE place.code = %s
"""


class People:
    """Does what people do.

    Args:
        connection: with the rights of the rules.
        commune: in which somebody holds notices.
    """

    def __init__(self, connection: AsyncConnection, commune: str) -> None:
        self._connection = connection
        self._commune = commune

    async def handle(self, now: datetime) -> None:
        """Take on the oldest incident that nobody has, and say so."""
        row = await (await self._connection.execute(_OPEN, [now])).fetchone()
        if row is not None:
            await acknowledge(self._connection, row[0], actor="an", now=now)
            await comment(self._connection, row[0], "on the way", actor="an", now=now)

    async def announce(self, line: Line) -> None:
        """Announce the work that a line is about, as whoever plans it would have."""
        code = line["node"]
        (kind,) = await (await self._connection.execute(_SCOPES, [code])).fetchone() or ("node",)
        new = NewWindow(
            ScopeKind(kind),
            code,
            datetime.fromisoformat(line["starts_at"]),
            datetime.fromisoformat(line["ends_at"]),
            name=line["maintenance"],
        )
        now = datetime.fromisoformat(line["received_at"])
        await add_window(self._connection, new, actor="binh", now=now)

    async def plan(self, now: datetime) -> Sequence[Mute]:
        """Announce work that recurs, and hold notices of a commune; return all mutes."""
        recurring = NewWindow(
            ScopeKind.COMMUNE,
            self._commune,
            now + timedelta(days=1),
            now + timedelta(days=1, hours=2),
            name="weekly works",
            recurrence="FREQ=WEEKLY",
        )
        await add_window(self._connection, recurring, actor="binh", now=now)
        silence = NewMute(
            MuteKind.SILENCE,
            (Matcher("commune", Operator.EQUAL, self._commune),),
            now,
            now + timedelta(hours=6),
            "known: storm",
        )
        await add_mute(self._connection, silence, actor="binh", now=now)
        return await load_mutes(self._connection, now)
