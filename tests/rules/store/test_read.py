"""Reading: incidents ranked, villages as they are, and how things stand."""

from datetime import timedelta

import pytest
from psycopg import AsyncConnection

from province.inventory import Inventory
from province.metrics import catalogue
from rules.incidents.record import VillageImpact
from rules.model import Severity, VillageNotice, VillageState
from rules.store import people
from rules.store.changes import VillageChange, apply_changes, number
from rules.store.instants import instant
from rules.store.read import (
    IncidentFilter,
    count,
    list_incidents,
    show_incident,
    villages_now,
)
from runtime.database.inventory import import_inventory
from tests.rules.made import cleared, record
from tests.rules.store.test_people import change
from tests.stock import IMPORTED_AT

pytestmark = pytest.mark.servers

NOW = instant(4000)


@pytest.fixture
async def stocked(connection: AsyncConnection, inventory: Inventory) -> AsyncConnection:
    """A connection to a database that knows some places."""
    await import_inventory(
        connection, inventory, catalogue().values(), source="tests", now=IMPORTED_AT
    )
    return connection


async def test_rank_is_households_times_minutes_up_to_now(connection: AsyncConnection) -> None:
    half = (VillageImpact("v1", 200, VillageState.DEGRADED, 1000.0, share=0.5),)
    late = (VillageImpact("v2", 300, VillageState.DARK, 3400.0),)
    back = (VillageImpact("v3", 900, VillageState.DARK, 1000.0, until=1060.0),)
    degraded = (VillageImpact("v4", 900, VillageState.DEGRADED, 1000.0, share=0.0),)
    better = (VillageImpact("v5", 10, VillageState.DEGRADED, 1000.0, None, 0.5, 3400.0, 24_000),)
    records = {"half": half, "late": late, "back": back, "none": degraded, "better": better}
    await apply_changes(
        connection,
        [change(record(incident=name, impacts=impacts)) for name, impacts in records.items()],
    )

    found = await list_incidents(connection, NOW)

    assert [(each.incident_id, each.household_minutes) for each in found] == [
        ("half", 100 * 50),
        ("late", 300 * 10),
        ("back", 900),
        ("better", 400 + 5 * 10),
        ("none", 0),
    ]
    for each in found:
        kept = record(impacts=records[each.incident_id])
        assert each.household_minutes == kept.household_minutes(4000)
        assert each.households == kept.households


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (IncidentFilter(), {"x1", "other"}),
        (IncidentFilter(status=None), {"x1", "other", "over"}),
        (IncidentFilter(status="cleared", since=instant(1900)), {"over"}),
        (IncidentFilter(status="cleared", since=instant(2100)), set()),
        (IncidentFilter(commune="24133"), {"x1"}),
        (IncidentFilter(operator="viettel"), {"other"}),
        (IncidentFilter(severity="minor"), {"other"}),
        (IncidentFilter(incident_class="sensor"), set()),
    ],
)
async def test_a_list_is_narrowed(
    connection: AsyncConnection, wanted: IncidentFilter, names: set[str]
) -> None:
    other = record(
        incident="other", communes=("24136",), operators=("viettel",), severity=Severity.MINOR
    )
    await apply_changes(connection, [change(each) for each in (record(), other)])
    await apply_changes(connection, [change(cleared(incident="over"))])

    assert {each.incident_id for each in await list_incidents(connection, NOW, wanted)} == names


async def test_villages_are_as_was_last_said_and_unknown_where_nothing_was(
    stocked: AsyncConnection, inventory: Inventory
) -> None:
    dark, silent, *rest = [village.code for village in inventory.villages]
    told = number([VillageNotice(10, each, VillageState.SERVED, 10, "up") for each in rest])
    out = VillageChange(VillageNotice(60, dark, VillageState.DARK, 50, "outage"), incident="x1")
    await apply_changes(stocked, [*told, out])

    found = {village.village_code: village for village in await villages_now(stocked)}
    counts = await count(stocked, NOW)

    assert (found[dark].state, found[dark].since, found[dark].incident_id) == (
        "dark",
        instant(50),
        "x1",
    )
    assert (found[silent].state, found[silent].since) == ("unknown", None)
    assert counts.villages == {"dark": 1, "unknown": 1, "served": len(rest)}
    assert sum(counts.households.values()) == sum(each.households for each in inventory.villages)
    commune = inventory.villages[0].commune
    assert {each.commune_code for each in await villages_now(stocked, commune)} == {commune}


async def test_an_acknowledgement_that_has_run_out_counts_as_none(
    connection: AsyncConnection,
) -> None:
    await apply_changes(connection, [change(record())])
    until = NOW + timedelta(hours=1)
    await people.acknowledge(connection, "x1", actor="Hà", now=NOW, until=until)

    assert (await count(connection, NOW)).unacknowledged == {"critical": 0}
    assert (await count(connection, until)).unacknowledged == {"critical": 1}


async def test_a_story_is_none_where_there_is_no_incident(connection: AsyncConnection) -> None:
    assert await show_incident(connection, "x1", NOW) is None
