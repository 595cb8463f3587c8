"""Drafts: what the books ought to say of some villages and days, from what is known now."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from psycopg import AsyncConnection

from rules.books.days import day_of, days_between, span_of
from rules.books.ledger import BRIDGED_SECONDS, Outage, Piece, book, outages
from rules.books.pieces import Circumstances
from rules.books.records import DayRecord, values_of
from rules.books.sources import (
    Places,
    load_agreed,
    load_blames,
    load_spells,
    load_watched,
)
from rules.books.timeline import Held, Spell, Stretch, settle

CONTEXT: Final = timedelta(days=2)
"""Days that are read before the first one, to find where an outage that goes on began."""
_VILLAGES_AT_A_TIME: Final = 20
WIDE_CONTEXT: Final = timedelta(days=32)
"""The same, for an outage that began even earlier; the day of one that is older still is left
as it is."""


@dataclass(frozen=True, slots=True)
class Drafts:
    """Records, not yet compared with what is kept.

    Attributes:
        unsettled: villages with an outage that began before what was read.
    """

    villages: list[DayRecord]
    links: list[DayRecord]
    unsettled: list[str]


async def draft_days(
    connection: AsyncConnection,
    places: Places,
    codes: Sequence[str],
    days: tuple[date, date],
    now: int,
) -> Drafts:
    """Return the days of these villages and of their links, up to now.

    The day on which an outage began that reaches into these days is among them: that day counts
    the outage, and how long it was is news.
    """
    drafts = await _draft(connection, places, codes, days, now, CONTEXT)
    if not drafts.unsettled:
        return drafts
    wide = await _draft(connection, places, drafts.unsettled, days, now, WIDE_CONTEXT)
    again = set(drafts.unsettled)
    villages = [record for record in drafts.villages if record.code not in again]
    links_again = {link for code in again for link in places.topology.villages[code].links}
    links = [record for record in drafts.links if record.code not in links_again]
    return Drafts([*villages, *wide.villages], [*links, *wide.links], [])


async def _draft(
    connection: AsyncConnection,
    places: Places,
    codes: Sequence[str],
    days: tuple[date, date],
    now: int,
    context: timedelta,
) -> Drafts:
    topology = places.topology
    first = span_of(days[0])[0]
    span = span_of(days[0] - context)[0], min(now, span_of(days[1])[1])
    links = [link for code in codes for link in topology.villages[code].links]
    village_spells = await load_spells(connection, "village", codes, span)
    link_spells = await load_spells(connection, "link", links, span)
    watched = await load_watched(connection, span)
    circumstances = Circumstances(
        topology,
        await load_agreed(connection, span),
        await load_blames(connection, _incidents(village_spells, link_spells)),
    )
    drafts = Drafts([], [], [])
    for number, code in enumerate(codes):
        if number % _VILLAGES_AT_A_TIME == 0:
            # Whoever else is at work in this process does not wait for the books.
            await asyncio.sleep(0)
        facts = topology.villages[code]
        timelines = {
            link: settle(link_spells[link], watched, span)
            for link in facts.links
            if places.is_there(link, first)
        }
        stretches = settle(village_spells[code], watched, span)
        pieces = circumstances.village_pieces(code, stretches, list(timelines.values()))
        drafts.villages.extend(_records(places, code, facts.households, pieces, days, now))
        settled = _is_settled(pieces, outages(pieces), first)
        for link, timeline in timelines.items():
            pieces = circumstances.link_pieces(link, timeline)
            households = topology.links[link].households
            drafts.links.extend(_records(places, link, households, pieces, days, now))
            settled = settled and _is_settled(pieces, outages(pieces), first)
        if not settled:
            drafts.unsettled.append(code)
    return drafts


def _records(
    places: Places,
    code: str,
    households: int,
    pieces: Sequence[Piece],
    days: tuple[date, date],
    now: int,
) -> Iterator[DayRecord]:
    found = outages(pieces)
    first = span_of(days[0])[0]
    begun = set()
    if _is_settled(pieces, found, first):
        begun = {day_of(each.start) for each in _reaching(found, first)}
    for day in (*sorted(begun), *days_between(*days)):
        start, end = span_of(day)
        if start < now and places.is_there(code, start):
            taken = book(pieces, found, (start, min(end, now)))
            yield DayRecord(day, code, values_of(taken, households))


def _reaching(found: Iterable[Outage], first: int) -> list[Outage]:
    """Return the outages that reach into the first day from before it; at most one."""
    return [each for each in found if each.start < first < each.end]


def _is_settled(pieces: Sequence[Piece], found: Sequence[Outage], first: int) -> bool:
    """Whether it is known where the outage began that reaches into the first day, if one does."""
    return all(
        outage.start - pieces[0].start >= BRIDGED_SECONDS
        or any(
            piece.held in {Held.SERVED, Held.DEGRADED}
            for piece in pieces
            if piece.end <= outage.start
        )
        for outage in _reaching(found, first)
    )


def _incidents(*spells: Mapping[str, Iterable[Spell | Stretch]]) -> set[str]:
    return {
        each.incident
        for by_code in spells
        for of_one in by_code.values()
        for each in of_one
        if each.incident is not None
    }
