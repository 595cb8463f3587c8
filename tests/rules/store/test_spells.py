"""Spells: what was said of villages and links, as states that lasted, on a real database."""

from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import AsyncConnection, sql

from province.inventory import Inventory
from province.metrics import catalogue
from rules.model import LinkNotice, LinkState, VillageNotice, VillageState
from rules.store.changes import LinkChange, VillageChange, apply_changes, number
from rules.store.instants import seconds
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.relations import LINK_SPELLS, SPELLS_CHANNEL, VILLAGE_SPELLS
from tests.stock import IMPORTED_AT
from tests.waiting import DEADLINE

pytestmark = pytest.mark.servers

DARK, SERVED, UNKNOWN = VillageState.DARK, VillageState.SERVED, VillageState.UNKNOWN

Spell = tuple[float, float | None, str]


@pytest.fixture
async def stocked(connection: AsyncConnection, inventory: Inventory) -> AsyncConnection:
    """A connection to a database that knows some places."""
    await import_inventory(
        connection, inventory, catalogue().values(), source="tests", now=IMPORTED_AT
    )
    return connection


async def spells(connection: AsyncConnection, table: str = "village") -> dict[str, list[Spell]]:
    cursor = await connection.execute(
        sql.SQL("SELECT {}, since, until, state FROM {} ORDER BY 1, 2").format(
            sql.Identifier(f"{table}_code"), sql.Identifier(f"{table}_spells")
        )
    )
    found: dict[str, list[Spell]] = {}
    for code, since, until, state in await cursor.fetchall():
        end = None if until is None else seconds(until)
        found.setdefault(code, []).append((seconds(since), end, state))
    return found


def said(
    state: VillageState, since: float, at: float | None = None, village: str = "v1", step: int = 0
) -> VillageChange:
    decided_at = since + 30 if at is None else at
    return VillageChange(VillageNotice(decided_at, village, state, since, "test"), step=step)


async def test_a_spell_ends_when_the_next_one_begins(connection: AsyncConnection) -> None:
    await apply_changes(connection, [said(SERVED, 100)])
    await apply_changes(connection, [said(DARK, 200), said(SERVED, 300)])

    assert await spells(connection) == {
        "v1": [(100, 200, "served"), (200, 300, "dark"), (300, None, "served")]
    }


async def test_a_later_decision_about_an_earlier_time_overrules_what_was_said_of_it(
    connection: AsyncConnection,
) -> None:
    await apply_changes(connection, [said(SERVED, 100), said(UNKNOWN, 200, 200)])
    await apply_changes(connection, [said(DARK, 150, 400)])

    assert await spells(connection) == {"v1": [(100, 150, "served"), (150, None, "dark")]}


async def test_an_earlier_decision_that_comes_late_holds_only_until_it_was_overruled(
    connection: AsyncConnection,
) -> None:
    await apply_changes(connection, [said(SERVED, 300, 330)])
    await apply_changes(connection, [said(DARK, 200, 230), said(UNKNOWN, 310, 320)])

    assert await spells(connection) == {"v1": [(200, 300, "dark"), (300, None, "served")]}


async def test_of_what_is_decided_at_once_the_last_word_holds(connection: AsyncConnection) -> None:
    notices = [
        VillageNotice(500, "v1", VillageState.DEGRADED, 450, "first"),
        VillageNotice(500, "v1", DARK, 450, "then"),
    ]

    for _ in range(2):
        await apply_changes(connection, number(notices))

    assert await spells(connection) == {"v1": [(450, None, "dark")]}


async def test_everything_becomes_unknown_and_returns_with_its_exceptions(
    stocked: AsyncConnection, inventory: Inventory
) -> None:
    out = inventory.villages[0].code
    blind = [
        said(SERVED, 100, 100, "*"),
        said(DARK, 150, 160, out),
        said(UNKNOWN, 200, 205, "*"),
    ]
    back = number(
        [
            VillageNotice(300, "*", SERVED, 290, "pipeline is back"),
            VillageNotice(300, out, DARK, 290, "as before"),
        ]
    )
    changes = [*blind, *back]

    await apply_changes(stocked, changes)
    await apply_changes(stocked, changes)

    found = await spells(stocked)
    assert set(found) == {village.code for village in inventory.villages}
    assert found.pop(out) == [
        (100, 150, "served"),
        (150, 200, "dark"),
        (200, 290, "unknown"),
        (290, None, "dark"),
    ]
    for each in found.values():
        assert each == [(100, 200, "served"), (200, 290, "unknown"), (290, None, "served")]


async def test_changed_spells_are_announced_by_their_relation(
    connection: AsyncConnection, database_url: str
) -> None:
    async with await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as listener:
        await listener.execute(f"LISTEN {SPELLS_CHANNEL}".encode())
        await apply_changes(connection, [said(SERVED, 100)])
        await apply_changes(connection, [said(SERVED, 100)])
        up = LinkNotice(130, "v1-ftth", LinkState.UP, 100, "test")
        await apply_changes(connection, [LinkChange(up)])

        heard = [each.payload async for each in listener.notifies(stop_after=2, timeout=DEADLINE)]

    assert heard == [VILLAGE_SPELLS, LINK_SPELLS]


async def test_links_have_spells_too(stocked: AsyncConnection, inventory: Inventory) -> None:
    link = inventory.links[0].code

    await apply_changes(
        stocked,
        [
            LinkChange(LinkNotice(100, "*", LinkState.UP, 100, "started")),
            LinkChange(LinkNotice(230, link, LinkState.DOWN, 200, "silent", "x1")),
        ],
    )

    found = await spells(stocked, "link")
    assert len(found) == len(inventory.links)
    assert found[link] == [(100, 200, "up"), (200, None, "down")]
    cursor = await stocked.execute("SELECT incident_id FROM link_spells WHERE until IS NULL")
    assert {incident for (incident,) in await cursor.fetchall()} == {None, "x1"}


# -- any order ------------------------------------------------------------------------


@dataclass(frozen=True)
class Say:
    """A decision; no two are made at the same instant."""

    at: int
    since: int
    state: VillageState


@st.composite
def decisions(draw: st.DrawFn) -> list[Say]:
    instants = draw(st.lists(st.integers(1, 60), unique=True, min_size=1, max_size=9))
    return [
        Say(at, draw(st.integers(0, at)), draw(st.sampled_from(VillageState))) for at in instants
    ]


def expected(says: list[Say], at: float) -> str | None:
    """Return the state at a time, from the definition: the latest decision that speaks of it."""
    about = [say for say in says if say.since <= at]
    return max(about, key=lambda say: say.at).state if about else None


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(says=decisions(), data=st.data())
async def test_any_order_in_any_pieces_gives_the_same_spells_that_never_overlap(
    connection: AsyncConnection, says: list[Say], data: st.DataObject
) -> None:
    await connection.execute("TRUNCATE village_spells")
    rest = list(data.draw(st.permutations(says), label="order"))
    rest += data.draw(st.lists(st.sampled_from(says), max_size=4), label="again")
    while rest:
        piece = data.draw(st.integers(1, len(rest)), label="piece")
        await apply_changes(
            connection, [said(say.state, say.since, say.at) for say in rest[:piece]]
        )
        rest = rest[piece:]

    found = (await spells(connection))["v1"]

    for before, after in pairwise(found):
        assert before[0] < after[0]
        assert before[1] == after[0]
    assert found[-1][1] is None
    for at in range(61):
        states = [state for since, until, state in found if since <= at < (until or 99)]
        assert states == [state for state in [expected(says, at)] if state is not None]
