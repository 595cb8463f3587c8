"""Sources: what the books are made from, read from the database."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from psycopg import AsyncConnection

from rules.books.pieces import Blame
from rules.books.queries import Subject, query
from rules.books.scopes import LinkFacts, NodeFacts, Topology, VillageFacts
from rules.books.spans import Span, merge, whole_seconds
from rules.books.timeline import Spell
from rules.books.windows import Scope, agreed_spans
from rules.incidents.recurrences import RecurrenceError
from rules.incidents.windows import PlannedWindow, ScopeKind
from runtime.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Places:
    """What there is to keep books of.

    Attributes:
        retired: when a village or link left the inventory, by code; who is in it is not here.
    """

    topology: Topology
    retired: Mapping[str, int]

    def is_there(self, code: str, from_second: int) -> bool:
        """Whether a village or link was in the inventory after an instant."""
        return self.retired.get(code, from_second + 1) > from_second


async def load_places(connection: AsyncConnection) -> Places:
    """Read the inventory."""
    retired: dict[str, int] = {}
    nodes = {
        code: NodeFacts(tuple(parents), operator, commune)
        async for code, operator, commune, parents in await connection.execute(query("nodes"))
    }
    links: dict[str, LinkFacts] = {}
    links_of: dict[str, list[str]] = {}
    async for (
        code,
        village,
        operator,
        node,
        mobile,
        households,
        retired_at,
    ) in await connection.execute(query("links")):
        links[code] = LinkFacts(village, operator, node, mobile, households)
        links_of.setdefault(village, []).append(code)
        if retired_at is not None:
            retired[code] = whole_seconds(retired_at)
    villages: dict[str, VillageFacts] = {}
    async for code, commune, households, retired_at, feeder in await connection.execute(
        query("villages")
    ):
        villages[code] = VillageFacts(commune, households, feeder, tuple(links_of.get(code, ())))
        if retired_at is not None:
            retired[code] = whole_seconds(retired_at)
    return Places(Topology(nodes, links, villages), retired)


async def load_spells(
    connection: AsyncConnection, of: Subject, codes: Sequence[str], span: Span
) -> dict[str, list[Spell]]:
    """Read spells of villages, or of links, by code."""
    spells: dict[str, list[Spell]] = {code: [] for code in codes}
    values = {"codes": codes, **_instants(span)}
    cursor = await connection.execute(query("spells", of), values)
    async for code, since, until, state, incident in cursor:
        end = None if until is None else whole_seconds(until)
        spells[code].append(Spell(whole_seconds(since), end, state, incident))
    return spells


async def load_watched(connection: AsyncConnection, span: Span) -> list[Span]:
    """Read when somebody was watching."""
    cursor = await connection.execute(query("watches"), _instants(span))
    return merge([(whole_seconds(since), whole_seconds(until)) async for since, until in cursor])


async def load_agreed(connection: AsyncConnection, span: Span) -> Mapping[Scope, list[Span]]:
    """Read when each scope was in agreed maintenance; a window that cannot be read is none."""
    cursor = await connection.execute(query("windows"), _instants(span))
    agreed: dict[Scope, list[Span]] = {}
    async for number, name, kind, code, starts, ends, created, recurrence, cancelled in cursor:
        window = PlannedWindow(
            number, name, ScopeKind(kind), code, starts, ends, created, "", recurrence, cancelled
        )
        try:
            spans = agreed_spans(window, span)
        except RecurrenceError as error:
            log.warning("a window is left out of the books", window=number, reason=str(error))
        else:
            agreed[kind, code] = merge([*agreed.get((kind, code), ()), *spans])
    return agreed


async def load_blames(connection: AsyncConnection, incidents: Collection[str]) -> dict[str, Blame]:
    """Read the roots of incidents, by name."""
    cursor = await connection.execute(query("blames"), {"incidents": sorted(incidents)})
    return {name: Blame(tuple(root), kind) async for name, root, kind in cursor}


def _instants(span: Span) -> dict[str, datetime]:
    since, until = (datetime.fromtimestamp(second, UTC) for second in span)
    return {"since": since, "until": until}
