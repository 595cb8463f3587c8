"""The schema: as documented, the same on both editions, and no wider open than it must be."""

from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio
from psycopg import AsyncConnection, sql

from province.devices import DeviceKind
from province.places import CommuneKind
from province.topology import NodeKind, Technology
from rules.incidents.record import Status
from rules.model import IncidentClass, LinkState, Severity, VillageState
from runtime.database import relations
from runtime.database.capabilities import Edition, detect_capabilities
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.migrate import migrate
from tests.databases import ConnectAs, make_database
from tests.runtime.database.catalog import describe_schema

pytestmark = pytest.mark.servers

SCHEMA = Path(__file__).parents[3] / "docs" / "schema" / "schema.sql"

ROLLUPS = {rollup.name for rollup in (*relations.LINK_ROLLUPS, *relations.SENSOR_ROLLUPS)}

OWN_FUNCTIONS = {
    *("roll_up", "enforce_retention", "roll_up_level", "take_rollup_marks"),
    *("roll_up_links", "roll_up_sensors"),
}

EVERYONE = ("srepok_ingest", "srepok_rules", "srepok_gateway", "srepok_grafana")


@pytest_asyncio.fixture
async def documented(empty_database_url: str) -> AsyncIterator[AsyncConnection]:
    """A database made by schema.sql."""
    address = DatabaseAddress.from_url(empty_database_url)
    async with await connect(address, "srepok-tests") as opened:
        await opened.execute(SCHEMA.read_text(encoding="utf-8"))
        yield opened


@pytest_asyncio.fixture
async def migrated(database_server_url: str) -> AsyncIterator[AsyncConnection]:
    """A database made by the migrations themselves: a clone has not the grants on itself."""
    async with (
        make_database(database_server_url) as url,
        await connect(DatabaseAddress.from_url(url), "srepok-tests") as opened,
    ):
        await migrate(opened)
        yield opened


def without_edition(lines: set[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    """Leave out in what the editions differ: how roll-ups are kept, and by what."""
    left = set()
    for kind, name, said in lines:
        relation = name.split(".")[0].removeprefix("table ").removeprefix("view ")
        function = name.removeprefix("function ").split("(")[0]
        # A view has neither keys nor NOT NULL; its columns are compared by another test.
        if relation in ROLLUPS and kind != "relation grant":
            continue
        if function in OWN_FUNCTIONS and not (kind == "comment" and "column" in name):
            continue
        left.add((kind, name.replace(" of view ", " of table "), said))
    return left


async def test_migrations_make_what_the_documented_schema_says(
    migrated: AsyncConnection, documented: AsyncConnection
) -> None:
    made, written = await describe_schema(migrated), await describe_schema(documented)
    capabilities = await detect_capabilities(migrated)
    if capabilities.edition is Edition.COMMUNITY:
        made, written = without_edition(made), without_edition(written)

    assert sorted(made - written) == []
    assert sorted(written - made) == []


async def test_rollups_have_the_documented_columns_on_this_edition(
    connection: AsyncConnection, documented: AsyncConnection
) -> None:
    async def columns(of: AsyncConnection) -> list[tuple[str, str, str]]:
        cursor = await of.execute(
            """
            SELECT attrelid::regclass::text, attname::text, format_type(atttypid, atttypmod)
            FROM pg_attribute
            WHERE attrelid = ANY(%s::regclass[]) AND attnum > 0 AND NOT attisdropped
            ORDER BY attrelid::regclass::text, attnum
            """,
            [sorted(ROLLUPS)],
        )
        return await cursor.fetchall()

    assert await columns(connection) == await columns(documented)


async def test_every_relation_and_column_has_a_comment(connection: AsyncConnection) -> None:
    cursor = await connection.execute(
        """
        SELECT relname, attname FROM pg_class LEFT JOIN pg_attribute
            ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') AND (
            obj_description(pg_class.oid, 'pg_class') IS NULL
            OR col_description(pg_class.oid, attnum) IS NULL)
        """
    )

    assert await cursor.fetchall() == []


async def test_the_named_relations_exist_and_no_others(connection: AsyncConnection) -> None:
    cursor = await connection.execute(
        """
        SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v')
        """
    )
    named = {
        value
        for name, value in vars(relations).items()
        if name.isupper()
        and isinstance(value, str)
        and not name.startswith(("LOCAL", "INVENTORY_"))
        and not name.endswith("_CHANNEL")
    }

    assert {row[0] for row in await cursor.fetchall()} == (
        named | ROLLUPS | {relations.INVENTORY_REVISIONS, "schema_migrations"}
    )


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        ("devices_kind", {str(kind) for kind in DeviceKind}),
        ("communes_kind", {str(kind) for kind in CommuneKind}),
        ("nodes_kind", {str(kind) for kind in NodeKind}),
        ("links_technology", {str(technology) for technology in Technology}),
        ("incidents_class", {str(each) for each in IncidentClass}),
        ("incidents_severity", {str(severity) for severity in Severity}),
        ("incidents_status", {str(status) for status in Status}),
        ("village_spells_state", {str(state) for state in VillageState}),
        ("link_spells_state", {str(state) for state in LinkState}),
    ],
)
async def test_the_schema_knows_the_words_of_the_domain(
    connection: AsyncConnection, constraint: str, words: set[str]
) -> None:
    cursor = await connection.execute(
        """
        SELECT regexp_matches(pg_get_constraintdef(oid), '''([^'']+)''::text', 'g')
        FROM pg_constraint WHERE conname = %s
        """,
        [constraint],
    )

    assert {row[0][0] for row in await cursor.fetchall()} == words


@pytest.mark.parametrize("group", EVERYONE)
async def test_every_group_reads_what_boards_show(connect_as: ConnectAs, group: str) -> None:
    reader = await connect_as(group)

    for name in (*relations.HYPERTABLES, *sorted(ROLLUPS), relations.DEVICES):
        cursor = await reader.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))
        assert await cursor.fetchall() == []


@pytest.mark.parametrize("group", EVERYONE[1:])
async def test_only_ingest_writes(connect_as: ConnectAs, group: str) -> None:
    reader = await connect_as(group)

    for statement in (
        "INSERT INTO ingest_minutes VALUES (now(), 'x', 0, 0, 0, 0, 0)",
        "INSERT INTO rollup_marks (relation, bucket, device_ids) VALUES ('', now(), '{}')",
        "UPDATE device_states SET online = NULL",
        "SELECT roll_up(1)",
        "SELECT enforce_retention()",
        "CREATE TABLE public.mine ()",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await reader.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM link_reports",
        "UPDATE link_reports SET seq = 0",
        "DELETE FROM rollup_marks",
        "UPDATE retention_settings SET keep = '100 years'",
        "INSERT INTO operators VALUES ('x', 'X')",
        "TRUNCATE dead_letters",
        "CREATE TABLE public.mine ()",
        "SELECT drop_chunks('link_reports', now())",
    ],
)
async def test_ingest_can_neither_delete_nor_change_what_it_wrote(
    connect_as: ConnectAs, statement: str
) -> None:
    writer = await connect_as("srepok_ingest")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await writer.execute(statement)


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
async def test_a_reading_is_a_number(connection: AsyncConnection, value: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        await connection.execute(
            """
            INSERT INTO sensor_readings
                (device_id, metric_id, observed_at, received_at, skew, value)
            VALUES (1, 1, now(), now(), 'ok', %s)
            """,
            [value],
        )


@pytest.mark.parametrize(
    ("column", "value"),
    [("loss_percent", "NaN"), ("rtt_p50_ms", "Infinity"), ("clients", "-1"), ("power", "sun")],
)
async def test_impossible_values_of_a_report_are_refused(
    connection: AsyncConnection, column: str, value: str
) -> None:
    statement = sql.SQL(
        """
        INSERT INTO link_reports
            (device_id, observed_at, boot_id, seq, received_at, skew, backfill, {})
        VALUES (1, now(), 1, 1, now(), 'ok', false, {})
        """
    ).format(sql.Identifier(column), sql.Literal(value))

    with pytest.raises(psycopg.errors.CheckViolation):
        await connection.execute(statement)
