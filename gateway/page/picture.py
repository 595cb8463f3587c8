"""The picture: how the province stands at one moment, read in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection

from gateway.page.queries import query
from rules.books.present import WATCHED_WITHIN, VillageNow, load_villages
from rules.store.read import KeptIncident, list_incidents

_MOST_INCIDENTS: Final = 5_000
"""More are never open: there are half as many villages."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What an incident does to one commune.

    Attributes:
        villages: without service, or with a poor one, by it now.
        households: without service by it now.
        household_minutes: that it has cost, up to the picture's moment.
    """

    villages: int
    households: float
    household_minutes: float


@dataclass(frozen=True, slots=True)
class Picture:
    """How things stand.

    Attributes:
        at: when.
        watched: whether somebody watches the province; if not, every state is unknown.
        villages: by commune.
        incidents: open ones, the costliest first.
        impacts: of each incident on each commune.
    """

    at: datetime
    watched: bool
    villages: Mapping[str, tuple[VillageNow, ...]]
    incidents: tuple[KeptIncident, ...]
    impacts: Mapping[str, Mapping[str, Impact]]

    def villages_of(self, communes: Iterable[str] | None) -> list[VillageNow]:
        """Return the villages of some communes; None: of all."""
        codes = self.villages if communes is None else communes
        return [village for code in sorted(codes) for village in self.villages.get(code, ())]


async def load_picture(connection: AsyncConnection, now: datetime) -> Picture:
    """Read how things stand.

    Args:
        connection: in no transaction, of isolation REPEATABLE READ: all parts must be of one
            moment.
        now: up to which incidents have cost.
    """
    async with connection.transaction():
        seen = await (await connection.execute(query("watched"))).fetchone()
        villages = await load_villages(connection, now)
        incidents = await list_incidents(connection, now, limit=_MOST_INCIDENTS)
        rows = await (await connection.execute(query("impacts"), {"now": now})).fetchall()
    impacts: defaultdict[str, dict[str, Impact]] = defaultdict(dict)
    for incident, commune, *figures in rows:
        impacts[incident][commune] = Impact(*figures)
    seen_at = seen[0] if seen else None
    watched = seen_at is not None and seen_at >= now - WATCHED_WITHIN
    return Picture(now, watched, _by_commune(villages), tuple(incidents), impacts)


def _by_commune(villages: Iterable[VillageNow]) -> dict[str, tuple[VillageNow, ...]]:
    found: defaultdict[str, list[VillageNow]] = defaultdict(list)
    for village in villages:
        found[village.commune].append(village)
    return {commune: tuple(them) for commune, them in found.items()}
