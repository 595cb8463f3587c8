"""The migrator on a real server: once, twice, two at a time, and after a crash."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from psycopg import AsyncConnection, sql

from runtime.database.capabilities import Edition, detect_capabilities
from runtime.database.chain import parse_migration
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.errors import EditionError, MigrationError, MigrationLockError
from runtime.database.history import read_history
from runtime.database.lock import migration_lock
from runtime.database.migrate import migrate, pending

pytestmark = pytest.mark.servers

SHORT = timedelta(milliseconds=50)


@pytest.fixture
def address(empty_database_url: str) -> DatabaseAddress:
    return DatabaseAddress.from_url(empty_database_url)


@pytest_asyncio.fixture
async def empty(address: DatabaseAddress) -> AsyncIterator[AsyncConnection]:
    async with await connect(address, "srepok-tests-migrator") as opened:
        yield opened


async def rows(connection: AsyncConnection, table: str) -> list[int]:
    cursor = await connection.execute(
        sql.SQL("SELECT number FROM {} ORDER BY number").format(sql.Identifier(table))
    )
    return [number for (number,) in await cursor.fetchall()]


async def test_a_database_without_the_extension_is_told_apart(empty: AsyncConnection) -> None:
    with pytest.raises(EditionError, match=rf"'{empty.info.dbname}'.*extension is not created"):
        await detect_capabilities(empty)


async def test_the_shipped_chain_is_applied_once(empty: AsyncConnection) -> None:
    first = await migrate(empty)
    second = await migrate(empty)

    assert first.applied
    assert all(
        record.state == ("applied" if record.name in first.applied else "skipped")
        for record in await read_history(empty)
    )
    assert (second.applied, second.skipped) == ((), ())
    assert await pending(empty) == ()


async def test_two_migrators_at_once_apply_each_file_once(address: DatabaseAddress) -> None:
    async def run() -> tuple[str, ...]:
        async with await connect(address, "srepok-tests-migrator") as connection:
            return (await migrate(connection)).applied

    first, second = await asyncio.gather(run(), run())

    assert (first == ()) != (second == ())


async def test_whoever_holds_the_lock_is_named(
    empty: AsyncConnection, address: DatabaseAddress
) -> None:
    async with (
        await connect(address, "the other one") as other,
        migration_lock(other, SHORT),
    ):
        with pytest.raises(MigrationLockError, match=rf"{other.info.backend_pid} \(the other one"):
            await migrate(empty, lock_wait=SHORT)

    assert (await migrate(empty)).applied


async def test_a_failing_file_changes_nothing_and_is_named_with_its_line(
    empty: AsyncConnection,
) -> None:
    good = parse_migration("0001_good.sql", "CREATE TABLE kept (number int);")
    bad = parse_migration(
        "0002_bad.sql", "CREATE TABLE gone (number int);\nSELECT 1,\n    no_such_column;\n"
    )

    with pytest.raises(MigrationError, match=r"0002_bad.sql:3: .*no_such_column"):
        await migrate(empty, [good, bad])

    cursor = await empty.execute("SELECT to_regclass('kept') IS NOT NULL, to_regclass('gone')")
    assert await cursor.fetchone() == (True, None)
    assert await pending(empty, [good, bad]) == ("0002_bad.sql",)


async def test_a_file_without_transaction_is_resumed_after_a_crash(
    empty: AsyncConnection,
) -> None:
    head = "-- no-transaction\nCREATE TABLE IF NOT EXISTS t (number int PRIMARY KEY);\n"
    insert = "INSERT INTO t VALUES ({}) ON CONFLICT DO NOTHING;\n"
    broken = parse_migration("0001_t.sql", head + insert.format(1) + "SELECT 1/0;\n")
    mended = parse_migration("0001_t.sql", head + insert.format(1) + insert.format(2))

    with pytest.raises(MigrationError, match=r"0001_t.sql:4: division by zero"):
        await migrate(empty, [broken])
    assert await rows(empty, "t") == [1]
    assert [record.state for record in await read_history(empty)] == ["begun"]

    await migrate(empty, [mended])

    assert await rows(empty, "t") == [1, 2]
    assert [record.state for record in await read_history(empty)] == ["applied"]


async def test_statements_that_refuse_transactions_run_in_a_file_without_one(
    empty: AsyncConnection,
) -> None:
    text = "CREATE TABLE t (number int);\nVACUUM t;\n"

    with pytest.raises(MigrationError, match=r"0001_t.sql:2: VACUUM cannot run inside"):
        await migrate(empty, [parse_migration("0001_t.sql", text)])
    await migrate(empty, [parse_migration("0001_t.sql", f"-- no-transaction\n{text}")])

    assert await rows(empty, "t") == []


async def test_files_of_the_other_edition_are_noted_as_skipped(empty: AsyncConnection) -> None:
    chain = [
        parse_migration(f"000{number}_{edition}.sql", f"-- requires: {edition}\nSELECT 1;")
        for number, edition in enumerate(Edition, 1)
    ]

    migrated = await migrate(empty, chain)

    edition = migrated.capabilities.edition
    assert [(record.name[5:-4], record.state) for record in await read_history(empty)] == [
        (str(of), "applied" if of is edition else "skipped") for of in Edition
    ]


async def test_a_table_in_use_is_waited_for_only_so_long(
    empty: AsyncConnection, address: DatabaseAddress
) -> None:
    await migrate(empty, [first := parse_migration("0001_t.sql", "CREATE TABLE t (number int);")])
    second = parse_migration("0002_t.sql", "ALTER TABLE t ADD COLUMN more int;")

    async with await connect(address, "reader") as reader, reader.transaction():
        await reader.execute("SELECT * FROM t")
        with pytest.raises(MigrationError, match=r"0002_t.sql:1: .*lock timeout"):
            await migrate(empty, [first, second], lock_timeout=SHORT)

    assert (await migrate(empty, [first, second])).applied == ("0002_t.sql",)
