"""Stored history gives the incidents that the events themselves give, less what it lacks."""

from datetime import timedelta

import pytest
from psycopg import AsyncConnection
from pydantic_core import from_json

from province.inventory import Inventory
from rules.backtest.history import History
from rules.backtest.inventory import read_stored_inventory
from rules.backtest.run import Outcome, backtest
from rules.backtest.statements import AT, BOOT, DEVICE, OBSERVED, SEQ, SOURCE, WORD
from tests.rules.backtest.stored import Decided, Played, play, replayed, stock, store

pytestmark = pytest.mark.servers

INTERVAL = 30.0

COUNT = """
    WITH period AS (SELECT tstzrange(%(from)s, %(until)s) AS is)
    SELECT (SELECT count(*) FROM link_reports, period WHERE received_at <@ period.is)
        + (SELECT count(*) FROM presence_events, period WHERE received_at <@ period.is)
        + (
            SELECT count(DISTINCT (device_id, received_at, observed_at))
            FROM sensor_readings, period WHERE received_at <@ period.is
        )
"""


async def backtested(connection: AsyncConnection, played: Played) -> Outcome:
    inventory = await read_stored_inventory(connection, played.period.ends_at)
    return await backtest(connection, played.period, inventory, lambda _: None)


def decided(outcome: Outcome) -> list[Decided]:
    return [
        Decided(
            incident_class=verdict.incident_class,
            root=verdict.root,
            opened_at=verdict.opened_at,
            goes_on=verdict.ended_at is None,
            notified=verdict.notified,
        )
        for verdict in outcome.outages
    ]


def check_same(found: list[Decided], wanted: list[Decided]) -> None:
    assert [each.what for each in found] == [each.what for each in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert one.opened_at == pytest.approx(other.opened_at, abs=INTERVAL)


@pytest.mark.parametrize("name", ["backfill", "broker-crash", "sensor-stuck"])
async def test_history_gives_the_incidents_of_the_events_themselves(
    name: str, connection: AsyncConnection
) -> None:
    """Outages with rows that come late, absences of our own, tickets: all from stored rows."""
    played = play(name)
    await store(connection, played)
    wanted = replayed(played)
    assert wanted
    check_same(decided(await backtested(connection, played)), wanted)


@pytest.mark.parametrize("name", ["database-down", "broker-node-dies"])
async def test_a_fault_of_our_own_of_which_no_row_tells_is_not_found(
    name: str, connection: AsyncConnection
) -> None:
    """While the database is away messages wait; which sessions a node took along is not stored."""
    played = play(name)
    await store(connection, played)
    own, *others = replayed(played)
    assert own.incident_class == "pipeline"
    check_same(decided(await backtested(connection, played)), others)


async def test_work_is_known_from_when_it_was_announced(connection: AsyncConnection) -> None:
    played = play("maintenance-overrun")
    await store(connection, played)
    await announce(connection, played)
    wanted = replayed(played)
    assert {each.notified for each in wanted} == {True, False}
    check_same(decided(await backtested(connection, played)), wanted)


async def test_each_row_is_read_once_in_the_order_in_which_it_was_received(
    connection: AsyncConnection,
) -> None:
    """Rows that came hours after they were observed stand among those that came with them."""
    played = play("backfill")
    await store(connection, played)
    # No border of a slice falls on a round time.
    start = played.period.starts_at + timedelta(minutes=1, seconds=7)
    end = played.period.ends_at - timedelta(minutes=1, seconds=3)

    rows = [row async for some in History(connection).read(start, end) for row in some]

    times = [row[AT] for row in rows]
    assert times == sorted(times)
    assert any(row[OBSERVED] < row[AT] - 3600 for row in rows)
    keys = [
        (row[SOURCE], row[DEVICE], row[OBSERVED], row[BOOT], row[SEQ], row[WORD]) for row in rows
    ]
    assert len(set(keys)) == len(keys)
    cursor = await connection.execute(COUNT, {"from": start, "until": end})
    assert await cursor.fetchone() == (len(rows),)


async def test_the_stored_inventory_is_the_one_that_was_imported(
    connection: AsyncConnection,
) -> None:
    played = play("backfill")
    await stock(connection, played)
    stored = await read_stored_inventory(connection, played.period.ends_at)
    assert records(stored) == records(played.inventory)


async def test_what_is_retired_since_is_still_there_in_its_time(
    connection: AsyncConnection,
) -> None:
    played = play("backfill")
    await stock(connection, played)
    device = played.inventory.devices[0].code
    retire = "UPDATE devices SET retired_at = %s WHERE device_code = %s"
    await connection.execute(retire, [played.period.ends_at, device])

    before = await read_stored_inventory(connection, played.period.starts_at)
    after = await read_stored_inventory(connection, played.period.ends_at.replace(year=2030))

    assert device in {each.code for each in before.devices}
    assert device not in {each.code for each in after.devices}


def records(inventory: Inventory) -> dict[tuple[str, str], object]:
    """Return the objects of an inventory; the order of a node's parents is not stored."""
    found: dict[tuple[str, str], object] = {}
    for record in inventory.records():
        fields = record.model_dump()
        fields["parents"] = sorted(fields.get("parents", ()))
        found[record.type, record.code] = fields
    return found


async def announce(connection: AsyncConnection, played: Played) -> None:
    """Have the windows of a scenario stand in the table of windows."""
    for line in map(from_json, played.events):
        if line["kind"] == "maintenance":
            await connection.execute(
                """
                INSERT INTO maintenance_windows (name, scope_kind, scope_code, starts_at, ends_at,
                    created_at, created_by)
                VALUES (%s, 'node', %s, %s, %s, %s, 'tests')
                """,
                [
                    *(line["maintenance"], line["node"], line["starts_at"], line["ends_at"]),
                    line["received_at"],
                ],
            )
