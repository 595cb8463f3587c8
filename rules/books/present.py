"""The present: how much of what the province states is true right now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from psycopg import AsyncConnection

from rules.books.figures import Estimate
from rules.books.queries import query
from rules.model import VillageState

STATED_BROADBAND: Final = 1.0
STATED_4G: Final = 0.999
STATED_5G: Final = 0.26
"""Shares that the province states: of villages with broadband, of people with 4G, with 5G."""

WATCHED_WITHIN: Final = timedelta(minutes=5)
"""Who was last known to watch longer ago does not watch now."""

_DOWN, _UNKNOWN, _UP = 0, 1, 2


@dataclass(frozen=True, slots=True)
class VillageNow:
    """A village at present.

    Attributes:
        people: of the village: the commune's, shared among its villages by households.
        state: its state; unknown while nobody watches.
        any_link: its best link: 0 down, 1 unknown, 2 up; None: it has none.
        mobile_4g: its best 4G link, the same way.
        mobile_5g: its best 5G link, the same way.
        commune: code of its commune.
        households: of the village.
    """

    people: float
    state: str
    any_link: int | None
    mobile_4g: int | None
    mobile_5g: int | None
    commune: str
    households: int


@dataclass(frozen=True, slots=True)
class Share:
    """How much of something there is, of all that there could be.

    Attributes:
        name: broadband, 4g or 5g.
        stated: what the province states, 0 to 1.
        built: share that would have it if everything worked.
        now: share that has it now: if what is unknown is down, and if it is up.
        whole: of what it is a share: villages, or people.
        unknown: share of which nothing is known.
    """

    name: str
    stated: float
    built: float
    now: Estimate
    whole: float
    unknown: float


async def load_present(
    connection: AsyncConnection,
    now: datetime,
    commune: str | None = None,
    operator: str | None = None,
) -> list[Share]:
    """Return the shares at present, of the province, a commune or an operator's links."""
    villages = await load_villages(connection, now, commune, operator)
    return list(shares(villages, by_links=operator is not None))


async def load_villages(
    connection: AsyncConnection,
    now: datetime,
    commune: str | None = None,
    operator: str | None = None,
) -> list[VillageNow]:
    """Return the villages at present, by code, with an operator's links or with all."""
    values = {"since": now - WATCHED_WITHIN, "commune": commune, "operator": operator}
    cursor = await connection.execute(query("present"), values)
    return [VillageNow(*row) for row in await cursor.fetchall()]


def shares(villages: Sequence[VillageNow], *, by_links: bool) -> Iterator[Share]:
    """Yield the share of villages with broadband, and of people with 4G and with 5G.

    Args:
        villages: at present.
        by_links: broadband is what the links given have, not the village's own state.
    """
    broadband = [(1.0, each.any_link if by_links else _broadband(each)) for each in villages]
    built = [each.any_link is not None for each in villages]
    yield _share("broadband", STATED_BROADBAND, broadband, built)
    for name, stated, of in (
        ("4g", STATED_4G, [each.mobile_4g for each in villages]),
        ("5g", STATED_5G, [each.mobile_5g for each in villages]),
    ):
        people = list(zip((each.people for each in villages), of, strict=True))
        yield _share(name, stated, people, [each is not None for each in of])


def _broadband(village: VillageNow) -> int | None:
    if village.state in {VillageState.SERVED, VillageState.DEGRADED}:
        return _UP
    # Work in progress takes some links or all of them; the links tell.
    if village.state == VillageState.MAINTENANCE and village.any_link == _UP:
        return _UP
    return _UNKNOWN if village.state == VillageState.UNKNOWN else _DOWN


def _share(
    name: str, stated: float, weighed: Sequence[tuple[float, int | None]], built: Sequence[bool]
) -> Share:
    whole = sum(weight for weight, _ in weighed)
    up, unknown = (
        sum(weight for weight, state in weighed if state == wanted) for wanted in (_UP, _UNKNOWN)
    )
    there = sum(weight for (weight, _), is_there in zip(weighed, built, strict=True) if is_there)
    of = whole or 1
    return Share(name, stated, there / of, Estimate(up / of, (up + unknown) / of), whole,
                 unknown / of)  # fmt: skip
