"""The migrator: brings a database to the end of the chain. Forward only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib import resources
from typing import Final, LiteralString

import psycopg
from psycopg import AsyncConnection

from runtime.database.capabilities import Capabilities, detect_capabilities
from runtime.database.chain import Migration, Statement, shipped_chain, split_statements
from runtime.database.errors import EditionError, MigrationError
from runtime.database.history import Plan, State, make_plan, read_history
from runtime.database.lock import migration_lock, set_lock_timeout

_RECORD: Final[LiteralString] = """
    INSERT INTO public.schema_migrations (version, name, checksum, state, edition)
    VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (version) DO UPDATE SET
        checksum = excluded.checksum, state = excluded.state,
        edition = excluded.edition, recorded_at = now()
"""

Announce = Callable[[Migration], None]
"""Is told of a migration before it is applied."""


def _say_nothing(_migration: Migration) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a run of the migrator did, in file names, and on what."""

    capabilities: Capabilities
    applied: tuple[str, ...]
    skipped: tuple[str, ...]


async def migrate(
    connection: AsyncConnection,
    chain: Sequence[Migration] | None = None,
    *,
    lock_wait: timedelta = timedelta(minutes=1),
    lock_timeout: timedelta = timedelta(seconds=10),
    announce: Announce = _say_nothing,
) -> Migrated:
    """Bring a database to the end of the chain.

    Run again after a failure, it goes on where it stopped.

    Args:
        connection: a direct one, that commits by itself; its user owns what is made.
        chain: the shipped one by default.
        lock_wait: for another migrator to end.
        lock_timeout: for each statement that waits for a table in use.
        announce: is told of each file before it is applied.

    Raises:
        EditionError: TimescaleDB is missing or of the wrong edition.
        MigrationError: naming the file and line, with psycopg's error as its cause.
    """
    chain = shipped_chain() if chain is None else chain
    async with migration_lock(connection, lock_wait):
        await connection.execute("SET client_min_messages = warning")
        await set_lock_timeout(connection, lock_timeout)
        await _create_extension(connection)
        capabilities = await detect_capabilities(connection)
        plan = make_plan(chain, await read_history(connection), capabilities.edition)
        await _carry_out(connection, plan, capabilities, announce)
    return Migrated(
        capabilities,
        tuple(migration.name for migration in plan.apply),
        tuple(migration.name for migration in plan.skip),
    )


async def pending(
    connection: AsyncConnection, chain: Sequence[Migration] | None = None
) -> tuple[str, ...]:
    """Return the files that `migrate` would apply; a service needs none to be.

    Raises:
        EditionError: TimescaleDB is missing or of the wrong edition.
        ChainError: the database's history does not fit the files.
    """
    capabilities = await detect_capabilities(connection)
    plan = make_plan(
        shipped_chain() if chain is None else chain,
        await read_history(connection),
        capabilities.edition,
    )
    return tuple(migration.name for migration in plan.apply)


async def _create_extension(connection: AsyncConnection) -> None:
    database = connection.info.dbname
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    except psycopg.Error as error:
        reason = error.diag.message_primary or str(error).strip().partition("\n")[0]
        raise EditionError(
            f"database {database!r}: cannot create the timescaledb extension: {reason}. "
            "The server needs it installed and in shared_preload_libraries; only a superuser "
            f'can run CREATE EXTENSION timescaledb in database "{database}"'
        ) from error


async def _carry_out(
    connection: AsyncConnection, plan: Plan, capabilities: Capabilities, announce: Announce
) -> None:
    table = resources.files("runtime.database") / "schema_migrations.sql"
    await connection.execute(table.read_text(encoding="utf-8"))
    # A file goes before its successor also where one of them is skipped: a crash between
    # must leave no gap in the numbers.
    steps = sorted((*plan.apply, *plan.skip), key=lambda migration: migration.version)
    for migration in steps:
        if migration in plan.skip:
            await _record(connection, migration, "skipped", capabilities)
            continue
        announce(migration)
        if migration.transactional:
            await _apply_whole(connection, migration, capabilities)
        else:
            await _apply_by_statement(connection, migration, capabilities)


async def _apply_whole(
    connection: AsyncConnection, migration: Migration, capabilities: Capabilities
) -> None:
    async with connection.transaction():
        for statement in split_statements(migration.text):
            await _execute(connection, migration, statement)
        await _record(connection, migration, "applied", capabilities)


async def _apply_by_statement(
    connection: AsyncConnection, migration: Migration, capabilities: Capabilities
) -> None:
    # After a crash in the middle the file is run from its start again: even a note of the
    # last statement could be one behind, so each must be repeatable anyway.
    await _record(connection, migration, "begun", capabilities)
    for statement in split_statements(migration.text):
        await _execute(connection, migration, statement)
    await _record(connection, migration, "applied", capabilities)


async def _execute(connection: AsyncConnection, migration: Migration, statement: Statement) -> None:
    try:
        await connection.execute(statement.text)
    except psycopg.Error as error:
        offset = int(error.diag.statement_position or 1) - 1
        line = statement.line + statement.text.count("\n", 0, offset)
        reason = error.diag.message_primary or str(error).strip()
        raise MigrationError(f"{migration.name}:{line}: {reason}") from error


async def _record(
    connection: AsyncConnection, migration: Migration, state: State, capabilities: Capabilities
) -> None:
    edition = capabilities.edition
    values = [migration.version, migration.name, migration.checksum, state, edition]
    await connection.execute(_RECORD, values)
