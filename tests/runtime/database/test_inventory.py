"""The importer: a file becomes the inventory, devices keep their numbers, nothing is deleted."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from psycopg import AsyncConnection

from province.inventory import Inventory, parse_inventory
from province.metrics import Metric
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.errors import DatabaseError
from runtime.database.inventory import Imported, import_inventory
from runtime.database.inventory_rows import TABLES, Rows, Table, difference
from runtime.database.relations import INVENTORY_CHANNEL
from tests.waiting import DEADLINE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 12, tzinfo=UTC)

METRICS = (
    Metric(1, "pm25_ugm3", "ug/m3", 0, 1000, "Fine particles."),
    Metric(2, "water_level_m", "m", -10, 30, "Water level."),
)

FILE = """
{"type":"province","code":"66","name":"Đắk Lắk"}
{"type":"operator","code":"vnpt","name":"VNPT"}
{"type":"commune","code":"24133","province":"66","name":"Buôn Ma Thuột",\
"name_ascii":"Buon Ma Thuot","kind":"ward","lat":12.68,"lon":108.04,\
"population":169596,"area_km2":71.99}
{"type":"village","code":"v1","commune":"24133","name":"Buôn A","households":120}
{"type":"node","code":"feeder","kind":"power_feeder","name":"F","parents":["substation"]}
{"type":"node","code":"substation","kind":"power_substation","name":"S"}
{"type":"node","code":"core","kind":"operator_core","name":"C","operator":"vnpt"}
{"type":"node","code":"olt","kind":"olt","name":"O","operator":"vnpt","parents":["core"],\
"power_node":"feeder"}
{"type":"link","code":"l1","village":"v1","operator":"vnpt","technology":"ftth","node":"olt"}
{"type":"device","code":"d1","kind":"link_probe","name":"D1","commune":"24133","village":"v1",\
"link":"l1","interval_seconds":30}
{"type":"device","code":"d2","kind":"sensor","name":"D2","commune":"24133","interval_seconds":60}
"""


def make_inventory(content: str = FILE) -> Inventory:
    return parse_inventory(content.encode(), "inventory.jsonl")


async def bring(
    connection: AsyncConnection,
    content: str = FILE,
    *,
    now: datetime = NOW,
    metrics: tuple[Metric, ...] = METRICS,
    dry_run: bool = False,
) -> Imported:
    return await import_inventory(
        connection,
        make_inventory(content),
        metrics,
        source="inventory.jsonl",
        now=now,
        dry_run=dry_run,
    )


async def devices(connection: AsyncConnection) -> dict[str, tuple[int, datetime | None]]:
    cursor = await connection.execute("SELECT device_code, device_id, retired_at FROM devices")
    return {code: (number, retired_at) for code, number, retired_at in await cursor.fetchall()}


def without(code: str, content: str = FILE) -> str:
    return "\n".join(line for line in content.split("\n") if f'"code":"{code}"' not in line)


def test_a_difference_tells_added_changed_retired_and_returned_rows() -> None:
    table = Table("things", "code", ("name",))
    present: Rows = {"same": ("a",), "other": ("b",), "gone": ("c",), "back": ("d",), "old": ("e",)}
    wanted: Rows = {"same": ("a",), "other": ("B",), "back": ("d",), "new": ("f",)}

    found = difference(table, wanted, present, frozenset({"back", "old"}))

    assert found.added == {"new": ("f",)}
    assert found.changed == {"other": ("B",), "back": ("d",)}
    assert found.retired == ("gone",)


@pytest.mark.servers
async def test_a_file_becomes_the_inventory(connection: AsyncConnection) -> None:
    imported = await bring(connection)

    assert imported.revision == 1
    assert {found.table.name for found in imported.differences} == {t.name for t in TABLES}
    cursor = await connection.execute(
        """
        SELECT kind, technology, power_node_code, parent_code, villages.households, province_code
        FROM links JOIN nodes USING (node_code) JOIN node_parents USING (node_code)
        JOIN villages USING (village_code)
        JOIN communes ON communes.commune_code = villages.commune_code
        """.replace("SELECT kind", "SELECT nodes.kind").replace(
            "power_node_code", "nodes.power_node_code"
        )
    )
    assert await cursor.fetchall() == [("olt", "ftth", "feeder", "core", 120, "66")]


@pytest.mark.servers
async def test_the_same_file_again_is_no_revision(connection: AsyncConnection) -> None:
    await bring(connection)
    again = await bring(connection, "\n".join(reversed(FILE.split("\n"))), now=LATER)

    assert again.is_empty
    assert again.revision is None


@pytest.mark.servers
async def test_what_a_file_no_longer_names_is_retired_and_comes_back_as_it_was(
    connection: AsyncConnection,
) -> None:
    await bring(connection)
    first = await devices(connection)

    await bring(connection, without("d2"), now=LATER)
    assert await devices(connection) == {"d1": first["d1"], "d2": (first["d2"][0], LATER)}

    imported = await bring(connection, FILE.replace('"name":"D2"', '"name":"Đ2"'), now=LATER)
    assert imported.revision == 3
    assert await devices(connection) == first


@pytest.mark.servers
async def test_parents_follow_the_file(connection: AsyncConnection) -> None:
    await bring(connection)
    imported = await bring(
        connection, FILE.replace('"parents":["core"]', '"parents":["core","substation"]')
    )
    back = await bring(connection)

    assert imported.parents == (frozenset({("olt", "substation")}), frozenset())
    assert back.parents == (frozenset(), frozenset({("olt", "substation")}))


@pytest.mark.servers
async def test_aliases_follow_the_file(connection: AsyncConnection) -> None:
    def named(device: str, *aliases: str) -> str:
        listed = ",".join(f'"{alias}"' for alias in aliases)
        return FILE.replace(f'"code":"{device}"', f'"code":"{device}","aliases":[{listed}]')

    await bring(connection, named("d1", "lora:01", "lora:02"))
    imported = await bring(connection, named("d2", "lora:02"))

    assert imported.aliases == (
        frozenset({("lora:02", "d2")}),
        frozenset({("lora:01", "d1"), ("lora:02", "d1")}),
    )
    cursor = await connection.execute("SELECT alias, device_code FROM device_aliases")
    assert await cursor.fetchall() == [("lora:02", "d2")]


@pytest.mark.servers
async def test_a_dry_run_tells_and_writes_nothing(connection: AsyncConnection) -> None:
    imported = await bring(connection, dry_run=True)

    assert imported.revision is None
    assert not imported.is_empty
    assert await devices(connection) == {}


@pytest.mark.servers
@pytest.mark.parametrize(
    "metric",
    [Metric(1, "pm10_ugm3", "ug/m3", 0, 1000, "Other."), Metric(1, "pm25_ugm3", "mg", 0, 1, "")],
)
async def test_a_metric_keeps_its_number_and_unit(
    connection: AsyncConnection, metric: Metric
) -> None:
    await bring(connection)

    with pytest.raises(DatabaseError, match=r"metric 1 is 'pm25_ugm3' in 'ug/m3' in the database"):
        await bring(connection, without("d2"), metrics=(metric,))

    assert (await devices(connection))["d2"][1] is None


@pytest.mark.servers
async def test_metrics_that_the_catalogue_lost_stay(connection: AsyncConnection) -> None:
    await bring(connection)
    await bring(connection, metrics=METRICS[:1])

    cursor = await connection.execute("SELECT count(*) FROM metrics")
    assert await cursor.fetchone() == (2,)


@pytest.mark.servers
async def test_a_revision_is_announced_once_it_is_committed(
    connection: AsyncConnection, database_url: str
) -> None:
    async with await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as listener:
        await listener.execute(f"LISTEN {INVENTORY_CHANNEL}")
        await bring(connection, dry_run=True)
        imported = await bring(connection)

        async with asyncio.timeout(DEADLINE):
            async for notice in listener.notifies():
                assert notice.payload == str(imported.revision)
                break


@pytest.mark.servers
async def test_an_import_that_fails_changes_nothing(
    connection: AsyncConnection, tmp_path: Path
) -> None:
    del tmp_path
    await bring(connection)
    await connection.execute("ALTER TABLE devices ADD CONSTRAINT no_d3 CHECK (device_code <> 'd3')")

    with pytest.raises(Exception, match="no_d3"):
        await bring(connection, FILE.replace('"code":"d2"', '"code":"d3"'), now=LATER)

    assert {code: at for code, (_, at) in (await devices(connection)).items()} == {
        "d1": None,
        "d2": None,
    }
