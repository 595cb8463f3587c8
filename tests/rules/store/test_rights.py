"""Rights: the rules write what they decide, the gateway what people do, and nobody rewrites."""

import psycopg
import pytest
from psycopg import AsyncConnection

from province.inventory import Inventory
from province.metrics import catalogue
from rules.incidents.mutes import MuteKind, parse_matcher
from rules.incidents.windows import ScopeKind
from rules.model import VillageNotice, VillageState
from rules.store import people, read
from rules.store.changes import IncidentChange, VillageChange, WatchChange, apply_changes
from rules.store.instants import instant
from rules.store.orphans import clear_orphans
from rules.store.people import NewMute, NewWindow
from runtime.database.inventory import import_inventory
from tests.databases import ConnectAs
from tests.rules.made import record
from tests.rules.store.test_changes import story
from tests.rules.store.test_people import change
from tests.stock import IMPORTED_AT

pytestmark = pytest.mark.servers

NOW = instant(5000)


async def test_the_rules_write_all_that_they_have_to(connect_as: ConnectAs) -> None:
    rules = await connect_as("srepok_rules")

    await apply_changes(rules, story())
    await apply_changes(rules, [WatchChange("1", 500.0, 600.0)])
    await clear_orphans(rules, (), instant(9e8))

    assert await read.list_incidents(rules, NOW, read.IncidentFilter(status="cleared"))


@pytest.mark.parametrize("group", ["srepok_gateway", "srepok_rules"])
async def test_people_act_through_the_gateway_or_a_command_beside_the_rules(
    connection: AsyncConnection, connect_as: ConnectAs, inventory: Inventory, group: str
) -> None:
    await import_inventory(
        connection, inventory, catalogue().values(), source="tests", now=IMPORTED_AT
    )
    await apply_changes(connection, [change(record())])
    mine = await connect_as(group)
    village = inventory.villages[0].code
    window = NewWindow(ScopeKind.VILLAGE, village, NOW, instant(6000))
    mute = NewMute(MuteKind.SHELF, (parse_matcher("incident=x1"),), NOW, instant(6000), "why")

    await people.acknowledge(mine, "x1", actor="Hà", now=NOW)
    await people.assign(mine, "x1", "Bình", actor="Hà", now=NOW)
    await people.comment(mine, "x1", "hm", actor="Hà", now=NOW)
    await people.escalate(mine, "x1", actor="Hà", now=NOW)
    number = await people.add_window(mine, window, actor="Hà", now=NOW)
    await people.cancel_window(mine, number, actor="Hà", now=NOW)
    number = await people.add_mute(mine, mute, actor="Hà", now=NOW)
    await people.cancel_mute(mine, number, actor="Hà", now=NOW)

    story = await read.show_incident(mine, "x1", NOW)
    assert story is not None
    assert [entry.kind for entry in story.entries] == [
        *("opened", "acknowledged", "assigned", "commented", "escalated"),
    ]
    assert len(await read.villages_now(mine)) == len(inventory.villages)
    assert (await read.count(mine, NOW)).open == {"critical": 1}


@pytest.mark.parametrize(
    ("group", "statement"),
    [
        ("srepok_rules", "UPDATE incident_entries SET reason = ''"),
        ("srepok_rules", "DELETE FROM incident_entries"),
        ("srepok_rules", "DELETE FROM incidents"),
        ("srepok_rules", "TRUNCATE village_spells"),
        ("srepok_gateway", "UPDATE incident_entries SET reason = ''"),
        ("srepok_gateway", "UPDATE incidents SET status = 'cleared'"),
        ("srepok_gateway", "UPDATE incidents SET severity = 'minor'"),
        ("srepok_gateway", "UPDATE maintenance_windows SET starts_at = now()"),
        ("srepok_gateway", "UPDATE mutes SET matchers = '[]'"),
        ("srepok_gateway", "DELETE FROM mutes"),
        ("srepok_gateway", "DELETE FROM village_spells"),
        ("srepok_grafana", "UPDATE incidents SET acknowledged_by = 'me'"),
        ("srepok_grafana", "DELETE FROM incident_entries"),
        ("srepok_ingest", "SELECT FROM incidents"),
    ],
)
async def test_nobody_does_more_than_they_must(
    connect_as: ConnectAs, group: str, statement: str
) -> None:
    connection = await connect_as(group)

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await connection.execute(statement.encode())


async def test_boards_read_it_all(connection: AsyncConnection, connect_as: ConnectAs) -> None:
    served = VillageNotice(2.0, "v1", VillageState.SERVED, 1.0, "started")
    changes: list[IncidentChange | VillageChange] = [change(record()), VillageChange(served)]
    await apply_changes(connection, changes)
    boards = await connect_as("srepok_grafana")

    for table in ("incidents", "incident_villages", "incident_entries", "village_spells"):
        cursor = await boards.execute(f"SELECT count(*) FROM {table}".encode())  # noqa: S608 - our own names
        assert await cursor.fetchone() == (1,)
