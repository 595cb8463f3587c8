"""Days in the database: provisional, final, and corrected when news come late."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncConnection, sql

from province.inventory import Inventory
from province.topology import Link
from rules.books.builder import build_days, tick
from tests.databases import ConnectAs
from tests.rules.books.make import DAY, at
from tests.rules.books.stored import (
    add_incident,
    add_spell,
    add_window,
    books,
    revisions,
    watch,
)

pytestmark = pytest.mark.servers

TOMORROW = DAY + timedelta(days=1)
OVER = at("00:20", TOMORROW)
FINAL = at("00:00", DAY + timedelta(days=4))
WHOLE = 86_400


@pytest_asyncio.fixture
async def stocked(stocked_url: str, connect_as: ConnectAs) -> AsyncConnection:  # noqa: ARG001 - the database's
    """A connection with the rights of the rules, to a database with an inventory."""
    return await connect_as("srepok_rules")


@pytest.fixture
def link(inventory: Inventory) -> Link:
    """An optical link of a village with others."""
    return next(link for link in inventory.links if not link.technology.mobile)


async def serve_all_day(connection: AsyncConnection, inventory: Inventory, link: Link) -> None:
    """Write a day on which everybody was served, and the link fell from 08:00 to 09:00."""
    await watch(connection, at("00:00"), OVER)
    for village in inventory.villages:
        await add_spell(connection, "village", village.code, at("00:00"), None, "served")
    for each in inventory.links:
        until = at("08:00") if each.code == link.code else None
        await add_spell(connection, "link", each.code, at("00:00"), until, "up")
    await add_incident(connection, "i", [link.node], "splitter", at("08:00"))
    await add_spell(connection, "link", link.code, at("08:00"), at("09:00"), "down", "i")
    await add_spell(connection, "link", link.code, at("09:00"), None, "up")


def figures(row: dict[str, Any]) -> dict[str, int]:
    return {name: value for name, value in row.items() if name.endswith(("seconds", "ained"))}


async def everything(connection: AsyncConnection) -> list[Any]:
    rows: list[Any] = []
    for table in ("village_days", "link_days", "book_revisions"):
        cursor = await connection.execute(
            sql.SQL("SELECT * FROM {} ORDER BY 1, 2, 3").format(sql.Identifier(table))
        )
        rows += await cursor.fetchall()
    return rows


async def test_a_day_of_every_village_and_link_is_kept_and_building_it_again_changes_nothing(
    stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)

    built = await build_days(stocked, DAY, DAY, OVER)

    assert built.written == len(inventory.villages) + len(inventory.links)
    (village,) = await books(stocked, "village", link.village, DAY)
    assert (figures(village), village["status"]) == ({"served_seconds": WHOLE}, "provisional")
    (fallen,) = await books(stocked, "link", link.code, DAY)
    assert figures(fallen) == {
        "served_seconds": WHOLE - 3600,
        "down_seconds": 3600,
        "access_seconds": 3600,
        "sustained": 1,
    }
    assert fallen["households"] == link.households
    before = await everything(stocked)
    again = await build_days(stocked, DAY, DAY, OVER + timedelta(minutes=5))
    assert (again.written, await everything(stocked)) == (0, before)


async def test_what_nobody_watched_or_nobody_said_anything_of_is_unknown(
    stocked: AsyncConnection, inventory: Inventory
) -> None:
    seen, never = inventory.villages[:2]
    await watch(stocked, at("06:00"), at("12:00"), at("12:00"))
    await watch(stocked, at("13:00"), at("20:00"))  # It ended without a word.
    await add_spell(stocked, "village", seen.code, at("00:00"), None, "served")

    await build_days(stocked, DAY, DAY, OVER)

    (row,) = await books(stocked, "village", seen.code, DAY)
    assert figures(row) == {"served_seconds": 13 * 3600, "unknown_seconds": 11 * 3600}
    (row,) = await books(stocked, "village", never.code, DAY)
    assert figures(row) == {"unknown_seconds": WHOLE}


async def test_late_news_rewrites_a_provisional_day_and_stands_in_the_log(
    stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    await tick(stocked, OVER)
    await stocked.execute(
        "UPDATE link_spells SET until = %s WHERE link_code = %s AND since = %s",
        [at("08:30"), link.code, at("08:00")],
    )
    await add_spell(stocked, "link", link.code, at("08:30"), at("09:00"), "up")

    built = await tick(stocked, OVER + timedelta(minutes=1))

    (row,) = await books(stocked, "link", link.code, DAY)
    assert (row["down_seconds"], row["status"]) == (1800, "provisional")
    assert built.corrected == 0
    (entry,) = await revisions(stocked)
    assert (entry["kind"], entry["subject"], entry["code"]) == ("provisional", "link", link.code)
    assert (entry["before"]["down_seconds"], entry["after"]["down_seconds"]) == (3600, 1800)
    assert entry["reason"] == "a spell became known: up"


async def test_a_final_day_is_never_touched_and_late_news_is_appended(
    stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    await tick(stocked, OVER)
    early = await tick(stocked, FINAL - timedelta(seconds=1))
    on_time = await tick(stocked, FINAL)
    (final,) = await books(stocked, "link", link.code, DAY)
    await stocked.execute(
        "UPDATE link_spells SET until = %s WHERE link_code = %s AND since = %s",
        [at("08:30"), link.code, at("08:00")],
    )

    late = await tick(stocked, FINAL + timedelta(minutes=5))

    assert (early.finished, on_time.finished) == ([], [DAY])
    assert final["status"] == "final"
    assert late.corrected == 1
    kept, correction = await books(stocked, "link", link.code, DAY)
    assert kept == final
    assert (correction["revision"], correction["status"]) == (1, "correction")
    assert (correction["down_seconds"], correction["unknown_seconds"]) == (1800, 1800)
    made_final, corrected = await revisions(stocked)
    assert made_final["after"] == {
        "villages": len(inventory.villages),
        "links": len(inventory.links),
    }
    assert (corrected["kind"], corrected["revision"]) == ("correction", 1)
    assert corrected["after"]["down_seconds"] == 1800
    cursor = await stocked.execute(
        "SELECT revision FROM link_books WHERE link_code = %s AND day = %s", [link.code, DAY]
    )
    assert await cursor.fetchall() == [(1,)]


async def test_the_database_itself_keeps_what_is_final_and_the_log(
    connection: AsyncConnection, stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    await build_days(stocked, DAY, DAY, FINAL)

    with pytest.raises(psycopg.errors.RestrictViolation, match="link_days of 2026-03-09 is final"):
        await connection.execute("UPDATE link_days SET down_seconds = 0")
    for statement in (
        "DELETE FROM village_days",
        "UPDATE book_revisions SET reason = ''",
        "DELETE FROM book_revisions",
        "TRUNCATE link_days",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await stocked.execute(statement.encode())


async def test_an_outage_over_midnight_becomes_sustained_on_the_day_on_which_it_began(
    stocked: AsyncConnection, inventory: Inventory
) -> None:
    code = inventory.villages[0].code
    await watch(stocked, at("00:00"), at("00:01", TOMORROW))
    await add_spell(stocked, "village", code, at("00:00"), at("23:58"), "served")
    await add_spell(stocked, "village", code, at("23:58"), None, "dark")
    await tick(stocked, at("00:01", TOMORROW))
    (young,) = await books(stocked, "village", code, DAY)
    await watch(stocked, at("00:00"), at("08:00", TOMORROW))

    await tick(stocked, at("08:00", TOMORROW))

    assert (young["momentary"], young.get("sustained")) == (1, None)
    (old,) = await books(stocked, "village", code, DAY)
    assert (old.get("momentary"), old["sustained"]) == (None, 1)
    (today,) = await books(stocked, "village", code, TOMORROW)
    assert figures(today) == {"down_seconds": 8 * 3600, "unexplained_seconds": 8 * 3600}


async def test_an_outage_of_weeks_is_counted_once(
    stocked: AsyncConnection, inventory: Inventory
) -> None:
    code = inventory.villages[0].code
    days = [DAY + timedelta(days=offset) for offset in range(40)]
    await watch(stocked, at("00:00"), at("00:00", days[-1]))
    await add_spell(stocked, "village", code, at("00:00"), at("10:00"), "served")
    await add_spell(stocked, "village", code, at("10:00"), None, "dark")

    for day in (days[10], days[20], days[39]):
        await tick(stocked, at("00:00", day))

    cursor = await stocked.execute(
        "SELECT day FROM village_books WHERE village_code = %s AND sustained > 0", [code]
    )
    assert await cursor.fetchall() == [(DAY,)]


async def test_a_root_that_becomes_known_later_moves_the_minutes_to_its_cause(
    stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    await tick(stocked, OVER)
    await stocked.execute("UPDATE incidents SET root_kind = 'aggregation' WHERE incident_id = 'i'")

    await tick(stocked, OVER + timedelta(minutes=1))

    (row,) = await books(stocked, "link", link.code, DAY)
    assert (row.get("access_seconds"), row["backhaul_seconds"]) == (None, 3600)
    assert (await revisions(stocked))[-1]["reason"] == "incident i: root"


@pytest.mark.parametrize(("created", "agreed"), [("07:00", 1800), ("08:01", None)])
async def test_only_what_was_announced_before_it_began_is_agreed_maintenance(
    stocked: AsyncConnection,
    inventory: Inventory,
    link: Link,
    created: str,
    agreed: int | None,
) -> None:
    await serve_all_day(stocked, inventory, link)
    await add_window(stocked, ("link", link.code), at("08:00"), at("08:30"), at(created))
    await stocked.execute("UPDATE incidents SET root = %s", [[link.code]])

    await build_days(stocked, DAY, DAY, OVER)

    (row,) = await books(stocked, "link", link.code, DAY)
    assert (row["down_seconds"], row.get("maintenance_seconds")) == (3600, agreed)


async def test_a_tick_looks_at_what_is_marked_and_each_hour_at_the_day_under_way(
    stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    now = at("12:00", DAY + timedelta(days=2))
    await watch(stocked, at("00:00"), now)
    everybody = len(inventory.villages) + len(inventory.links)
    first = await tick(stocked, now)

    quiet = await tick(stocked, now + timedelta(minutes=5))
    # A link was up no longer than 10:00 two days ago, down for an hour, and nobody knows since.
    await stocked.execute(
        "UPDATE link_spells SET until = %s WHERE link_code = %s AND since = %s",
        [at("10:00"), link.code, at("09:00")],
    )
    await add_spell(stocked, "link", link.code, at("10:00"), at("11:00"), "down")
    late = await tick(stocked, now + timedelta(minutes=10))
    hourly = await tick(stocked, now + timedelta(minutes=60))

    assert (first.written, quiet.written, hourly.written) == (3 * everybody, 0, everybody)
    neighbours = [each for each in inventory.links if each.village == link.village]
    # Its three days, and the day under way of its village and of the links beside it.
    assert late.written == 3 + len(neighbours)
    cursor = await stocked.execute("SELECT count(*) FROM book_marks")
    assert await cursor.fetchone() == (0,)


async def test_the_last_minutes_of_a_day_are_looked_at_again_when_it_is_known_who_watched(
    stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    await watch(stocked, at("00:00"), at("23:59:30"))
    await tick(stocked, at("00:00:10", TOMORROW))
    (hasty,) = await books(stocked, "village", link.village, DAY)
    await watch(stocked, at("00:00"), at("01:00", TOMORROW))

    await tick(stocked, at("01:00:10", TOMORROW))

    assert hasty["unknown_seconds"] == 30
    (row,) = await books(stocked, "village", link.village, DAY)
    assert figures(row) == {"served_seconds": WHOLE}
    assert await revisions(stocked) == []


async def test_a_service_that_was_away_catches_up_with_the_days_in_between(
    stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    await tick(stocked, at("12:00"))
    (half,) = await books(stocked, "link", link.code, DAY)

    await tick(stocked, at("06:00", DAY + timedelta(days=3)))

    assert half["served_seconds"] == 11 * 3600
    counts = []
    for day in (DAY, *(DAY + timedelta(days=offset) for offset in (1, 2, 3))):
        (row,) = await books(stocked, "link", link.code, day)
        counts.append(
            sum(row.get(f"{state}_seconds", 0) for state in ("served", "down", "unknown"))
        )
    assert counts == [WHOLE, WHOLE, WHOLE, 6 * 3600]


async def test_what_is_removed_as_too_old_does_not_change_the_books(
    connection: AsyncConnection, stocked: AsyncConnection, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    await tick(stocked, FINAL)
    before = await books(stocked, "link", link.code, DAY)
    await connection.execute("UPDATE retention_settings SET keep = '365 days'")
    late = at("00:00") + timedelta(days=366)

    await connection.execute("DELETE FROM link_spells WHERE until < %s", [late])
    built = await tick(stocked, late)
    again = await build_days(stocked, DAY, DAY, late)

    assert (built.corrected, again.written, again.corrected) == (0, 0, 0)
    assert await books(stocked, "link", link.code, DAY) == before
    cursor = await stocked.execute("SELECT count(*) FROM book_marks")
    assert await cursor.fetchone() == (0,)


async def test_two_that_build_at_once_make_the_same_books(
    stocked: AsyncConnection, connect_as: ConnectAs, inventory: Inventory, link: Link
) -> None:
    await serve_all_day(stocked, inventory, link)
    others = [await connect_as("srepok_rules") for _ in range(2)]

    built = await asyncio.gather(*(tick(each, OVER) for each in [stocked, *others]))

    assert sorted(each.written > 0 for each in built) == [False, False, True]
    assert_once(await everything(stocked))


def assert_once(rows: Iterable[tuple[Any, ...]]) -> None:
    keys = [row[:3] for row in rows]
    assert len(keys) == len(set(keys)) > 0
