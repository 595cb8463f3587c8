"""History: what was applied to a database, and what is to be done with it now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, LiteralString

from psycopg import AsyncConnection
from psycopg.rows import class_row

from runtime.database.capabilities import Edition
from runtime.database.chain import Migration
from runtime.database.errors import ChainError, EditionError

State = Literal["applied", "skipped", "begun"]

_HISTORY: Final[LiteralString] = """
    SELECT version, name, checksum, state, edition FROM public.schema_migrations ORDER BY version
"""


@dataclass(frozen=True, slots=True)
class Record:
    """What a database says of one migration; a row of `schema_migrations`."""

    version: int
    name: str
    checksum: str
    state: State
    edition: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done: the migrations to apply, in order, and those to note as skipped."""

    apply: tuple[Migration, ...]
    skip: tuple[Migration, ...]


async def read_history(connection: AsyncConnection) -> Sequence[Record]:
    """Return what was done with this database; nothing if it was never migrated."""
    cursor = await connection.execute("SELECT to_regclass('public.schema_migrations') IS NULL")
    if await cursor.fetchone() == (True,):
        return ()
    async with connection.cursor(row_factory=class_row(Record)) as records:
        await records.execute(_HISTORY)
        return await records.fetchall()


def make_plan(chain: Sequence[Migration], history: Sequence[Record], edition: Edition) -> Plan:
    """Return what brings a database with this history to the end of the chain.

    A file that was skipped for its edition is looked at again each time, so a database that
    moved from Apache to Community gets the files it went without.

    Raises:
        ChainError: the history does not fit the files.
        EditionError: the history holds files that need the other edition.
    """
    records = {record.version: record for record in history}
    _check_known(chain, records)
    _check_unbroken(chain, records)
    _check_edition(chain, records, edition)
    todo = [
        migration
        for migration in chain
        if migration.version not in records or records[migration.version].state != "applied"
    ]
    apply = tuple(migration for migration in todo if migration.requires in {None, edition})
    skip = tuple(
        migration
        for migration in todo
        if migration not in apply and migration.version not in records
    )
    return Plan(apply, skip)


def _check_known(chain: Sequence[Migration], records: Mapping[int, Record]) -> None:
    files = {migration.version: migration for migration in chain}
    for record in records.values():
        migration = files.get(record.version)
        if migration is None:
            raise ChainError(
                f"the database has had {record.name}, which this version of the program does not "
                "know: it is older than the database"
            )
        if migration.name != record.name:
            raise ChainError(f"{migration.name} was applied under the name {record.name}")
        if record.state == "applied" and record.checksum != migration.checksum:
            raise ChainError(
                f"{migration.name} was edited after it was applied: the file's checksum is "
                f"{migration.checksum}, the applied one's {record.checksum}; "
                "write a new migration instead"
            )


def _check_unbroken(chain: Sequence[Migration], records: Mapping[int, Record]) -> None:
    newest = max(records, default=0)
    for migration in chain:
        if migration.version < newest and migration.version not in records:
            raise ChainError(
                f"{migration.name} was never applied, but {records[newest].name} was: "
                "a migration gets the next free number"
            )


def _check_edition(
    chain: Sequence[Migration], records: Mapping[int, Record], edition: Edition
) -> None:
    for migration in chain:
        record = records.get(migration.version)
        # The other way is what the Community files are written for: they take the place of
        # what the Apache files made.
        if (
            record is not None
            and record.state != "skipped"
            and migration.requires is Edition.COMMUNITY
            and edition is Edition.APACHE
        ):
            raise EditionError(
                f"{migration.name} was applied on the Community edition, and this server runs "
                "the Apache edition, which can read neither continuous aggregates nor the "
                "columnstore: go back to the Community edition, or move the data into a new "
                "database (docs/schema/README.md, Editions)"
            )
