"""Changes: written once however often they are told, whole or in pieces, in whatever order."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection

from rules.incidents.entries import TimelineEntry, entry_of
from rules.incidents.fold import Desk
from rules.incidents.record import IncidentRecord, VillageImpact
from rules.model import IncidentNotice, VillageState, Withheld
from rules.store.changes import (
    Change,
    EntryChange,
    IncidentChange,
    NotificationChange,
    Outcome,
    WatchChange,
    apply_changes,
    number,
)
from rules.store.instants import instant
from rules.store.orphans import clear_orphans
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.relations import INCIDENTS_CHANNEL
from tests.databases import ConnectAs
from tests.rules.made import cleared, record, scenario_said
from tests.waiting import DEADLINE

pytestmark = pytest.mark.servers

_TABLES = (
    "incidents",
    "incident_villages",
    "incident_links",
    "village_spells",
    "link_spells",
    "watch_spells",
    "notifications",
)


def change(record: IncidentRecord) -> IncidentChange:
    return IncidentChange(record, entry_of(record))


async def rows(connection: AsyncConnection, statement: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(statement.encode())).fetchall()


async def everything(connection: AsyncConnection) -> dict[str, list[tuple[Any, ...]]]:
    """Return all that was written, the order of entries left out."""
    found = {
        table: await rows(connection, f"SELECT {table}::text FROM {table} ORDER BY 1")  # noqa: S608 - our own names
        for table in _TABLES
    }
    found["entries"] = await rows(
        connection,
        "SELECT entry_key, incident_id, at, kind, actor, reason, detail::text"
        " FROM incident_entries ORDER BY 1",
    )
    return found


def story() -> list[Change]:
    """Return all that the rules have to write of a scenario with two faults."""
    geography, said = scenario_said("two-faults")
    desk = Desk(geography)
    changes: list[Change] = []
    for step, transition in enumerate(said):
        if isinstance(transition, IncidentNotice):
            changes.append(change(desk.take(transition)))
        else:
            changes += [
                each if isinstance(each, EntryChange) else replace(each, step=step)
                for each in number([transition])
            ]
    changes += [
        EntryChange(TimelineEntry("a", None, 7.0, "withheld", "rules", "blind")),
        WatchChange("1", 100.0, 160.0),
        NotificationChange("n", ("x1",), "noc", "open", Outcome.SENT, 1, 100.0, 100.0),
    ]
    return changes


async def test_a_record_is_kept_with_what_it_does(connection: AsyncConnection) -> None:
    await apply_changes(connection, [change(record())])

    assert await rows(
        connection,
        "SELECT class, severity, status, root, villages, links, households, communes, onset_at,"
        " summary->>'vi' FROM incidents WHERE incident_id = 'x1'",
    ) == [
        ("outage", "critical", "open", ["olt-1"], 1, 1, 120, ["24133"], instant(1000),
         "Mất kết nối: OLT")
    ]  # fmt: skip
    assert await rows(connection, "SELECT village_code, state, until FROM incident_villages") == [
        ("v1", "dark", None)
    ]
    assert await rows(connection, "SELECT link_code, since FROM incident_links") == [
        ("v1-ftth", instant(1000))
    ]
    assert await rows(connection, "SELECT entry_key, kind, actor FROM incident_entries") == [
        ("x1:1:opened", "opened", "rules")
    ]


async def test_the_same_changes_twice_are_as_once(connection: AsyncConnection) -> None:
    changes = story()

    await apply_changes(connection, changes)
    once = await everything(connection)
    await apply_changes(connection, changes)

    assert await everything(connection) == once
    assert len(once["incidents"]) >= 2
    assert once["village_spells"]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_pieces_repeated_and_in_any_order_are_as_the_whole(
    connection: AsyncConnection, seed: int
) -> None:
    changes = story()
    await apply_changes(connection, changes)
    whole = await everything(connection)
    for table in (*_TABLES, "incident_entries"):
        await connection.execute(f"TRUNCATE {table} CASCADE".encode())
    random = Random(seed)
    pieces = [[each] for each in [*changes, *random.sample(changes, len(changes) // 3)]]
    random.shuffle(pieces)

    for piece in pieces:
        await apply_changes(connection, piece)

    assert await everything(connection) == whole


async def test_an_older_step_never_replaces_a_newer_one(connection: AsyncConnection) -> None:
    newer = cleared()
    await apply_changes(connection, [change(newer)])

    await apply_changes(connection, [change(record())])

    assert await rows(connection, "SELECT status, revision FROM incidents") == [("cleared", 2)]
    assert await rows(connection, "SELECT until FROM incident_villages") == [(instant(2000),)]
    assert await rows(connection, "SELECT entry_key FROM incident_entries ORDER BY at") == [
        ("x1:1:opened",),
        ("x1:2:cleared",),
    ]


async def test_what_another_root_does_not_impair_is_taken_out(connection: AsyncConnection) -> None:
    await apply_changes(connection, [change(record())])
    other = VillageImpact("v2", 50, VillageState.DEGRADED, 1010.0, share=0.5)

    await apply_changes(
        connection, [change(record(2, impacts=(other,), link_impacts=(), links=()))]
    )

    assert await rows(connection, "SELECT village_code, share FROM incident_villages") == [
        ("v2", 0.5)
    ]
    assert await rows(connection, "SELECT link_code FROM incident_links") == []
    assert await rows(connection, "SELECT households, links FROM incidents") == [(25, 0)]


async def test_a_refused_change_leaves_nothing_of_its_batch(connection: AsyncConnection) -> None:
    wrong = replace(record(), incident="x2", opened_at=9e6)

    with pytest.raises(psycopg.errors.CheckViolation, match="incidents_order"):
        await apply_changes(connection, [change(record()), change(wrong)])

    assert not any((await everything(connection)).values())


async def test_whoever_is_killed_in_the_midst_writes_again(
    database_url: str, connection: AsyncConnection, connect_as: ConnectAs
) -> None:
    changes = story()
    await apply_changes(connection, changes[: len(changes) // 2])
    locking = await connect(DatabaseAddress.from_url(database_url), "srepok-tests")
    victim = await connect_as("srepok_rules")
    async with locking, locking.transaction():
        # The victim writes incidents and entries, and then waits for the spells.
        await locking.execute("LOCK TABLE village_spells IN ACCESS EXCLUSIVE MODE")
        writing = asyncio.create_task(apply_changes(victim, changes))
        await blocked(connection, victim.info.backend_pid)
        await connection.execute("SELECT pg_terminate_backend(%s)", [victim.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            await writing
    await apply_changes(connection, changes)
    again = await everything(connection)

    for table in (*_TABLES, "incident_entries"):
        await connection.execute(f"TRUNCATE {table} CASCADE".encode())
    await apply_changes(connection, changes)
    assert again == await everything(connection)


async def blocked(connection: AsyncConnection, pid: int) -> None:
    """Wait until another connection waits for a lock."""
    async with asyncio.timeout(DEADLINE):
        while not (await rows(connection, f"SELECT pg_blocking_pids({pid})"))[0][0]:  # noqa: ASYNC110 - another process makes it true
            await asyncio.sleep(0.01)


async def test_changed_incidents_are_announced_and_unchanged_ones_are_not(
    connection: AsyncConnection, database_url: str
) -> None:
    async with await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as listener:
        await listener.execute(f"LISTEN {INCIDENTS_CHANNEL}".encode())
        await apply_changes(connection, [change(record()), change(record(incident="x2"))])
        await apply_changes(connection, [change(record())])
        await apply_changes(connection, [change(cleared(incident="x2"))])

        notices = listener.notifies(stop_after=3, timeout=DEADLINE)
        heard = [notice.payload async for notice in notices]
        more = [notice.payload async for notice in listener.notifies(timeout=0)]

    assert heard == ["x1", "x2", "x2"]
    assert more == []


async def test_a_watch_that_ended_without_a_word_ended_when_last_seen(
    connection: AsyncConnection,
) -> None:
    changes = [
        WatchChange("1", 100.0, 130.0),
        WatchChange("1", 100.0, 160.0),
        WatchChange("1", 300.0, 310.0),
        WatchChange("2", 50.0, 90.0, 95.0),
    ]
    expected = [
        ("1", instant(100), instant(160), instant(160)),
        ("1", instant(300), None, instant(310)),
        ("2", instant(50), instant(95), instant(90)),
    ]

    for order in (changes, changes[::-1]):
        await connection.execute("TRUNCATE watch_spells")
        for each in order:
            await apply_changes(connection, [each])
        found = await rows(
            connection, "SELECT watcher, since, until, seen_at FROM watch_spells ORDER BY 1, 2"
        )
        assert found == expected


async def test_the_newest_attempt_of_a_notice_stands(connection: AsyncConnection) -> None:
    failed = NotificationChange(
        "n", ("x1", "x2"), "noc", "open", Outcome.FAILED, 1, 100.0, 100.0, "connection refused"
    )
    sent = replace(failed, outcome=Outcome.SENT, attempts=2, last_at=130.0, error="")

    await apply_changes(connection, [failed])
    await apply_changes(connection, [sent])
    await apply_changes(connection, [failed])

    assert await rows(
        connection,
        "SELECT state, attempts, first_at, last_at, error FROM notifications"
        " WHERE incident_ids @> '{x2}'",
    ) == [("sent", 2, instant(100), instant(130), "")]


async def test_what_was_withheld_stands_once_with_its_reason(connection: AsyncConnection) -> None:
    withheld = Withheld(100.0, ("d1", "d2"), "explained", "x1")

    await apply_changes(connection, number([withheld, withheld]))

    assert await rows(
        connection, "SELECT incident_id, kind, reason, detail->'objects' FROM incident_entries"
    ) == [("x1", "withheld", "explained", ["d1", "d2"])]


async def test_incidents_that_no_service_knows_any_more_are_ended(
    connection: AsyncConnection,
) -> None:
    await apply_changes(connection, [change(record()), change(record(incident="x2"))])

    assert await clear_orphans(connection, {"x2"}, instant(5000)) == ["x1"]
    assert await clear_orphans(connection, {"x2"}, instant(5001)) == []

    assert await rows(
        connection, "SELECT incident_id, ended_at, revision FROM incidents WHERE status = 'cleared'"
    ) == [("x1", instant(1041), 2)]
    assert await rows(
        connection, "SELECT incident_id FROM incident_villages WHERE until IS NULL"
    ) == [("x2",)]
    assert await rows(
        connection, "SELECT reason FROM incident_entries WHERE incident_id = 'x1' ORDER BY at"
    ) == [("fell silent together",), ("state was lost",)]
