"""The inventory's importer: one file, one transaction, one revision."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, LiteralString

from psycopg import AsyncConnection, sql

from province.inventory import Inventory
from province.metrics import Metric
from runtime.database.errors import DatabaseError
from runtime.database.inventory_rows import (
    ALIASES,
    METRICS,
    PARENTS,
    TABLES,
    Difference,
    Pairs,
    Rows,
    Table,
    checksum,
    difference,
    wanted_aliases,
    wanted_parents,
    wanted_rows,
)
from runtime.database.relations import INVENTORY_CHANNEL

_REVISION: Final[LiteralString] = """
    INSERT INTO inventory_revisions (imported_at, source, checksum) VALUES (%s, %s, %s)
    RETURNING revision
"""


Changed = tuple[frozenset[tuple[str, str]], frozenset[tuple[str, str]]]
"""Pairs added, and pairs removed."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed, or would change.

    Attributes:
        revision: the number of the new revision; None: nothing differed, or nothing was written.
        differences: of each table that differs.
        parents: (node, parent) pairs added and removed.
        aliases: (alias, device) pairs added and removed.
    """

    revision: int | None
    differences: tuple[Difference, ...]
    parents: Changed
    aliases: Changed

    @property
    def is_empty(self) -> bool:
        """Whether the database had it all already."""
        return not (self.differences or any(self.parents) or any(self.aliases))


async def import_inventory(
    connection: AsyncConnection,
    inventory: Inventory,
    catalogue: Iterable[Metric],
    *,
    source: str,
    now: datetime,
    dry_run: bool = False,
) -> Imported:
    """Make the inventory of the database the given one, or change nothing at all.

    Devices keep their number for ever; what is no longer named is marked as retired. A new
    revision is announced on the channel `srepok_inventory`.

    Args:
        connection: in no transaction.
        inventory: as read.
        catalogue: of metrics.
        source: name of the file, for the record.
        now: time of the import.
        dry_run: only find out what would change.

    Raises:
        DatabaseError: the catalogue gives a number to another metric, or a metric another unit.
    """
    rows = wanted_rows(inventory, catalogue)
    parents, aliases = wanted_parents(inventory), wanted_aliases(inventory)
    async with connection.transaction():
        # Two imports at once would each retire what the other one brings.
        await connection.execute("LOCK TABLE inventory_revisions IN SHARE ROW EXCLUSIVE MODE")
        imported = Imported(
            None,
            tuple(
                [
                    found
                    for table in TABLES
                    if not (found := await _compare(connection, table, rows[table.name])).is_empty
                ]
            ),
            await _compare_pairs(connection, PARENTS, parents),
            await _compare_pairs(connection, ALIASES, aliases),
        )
        if dry_run or imported.is_empty:
            return imported
        await _write(connection, imported, now)
        values = [now, source, checksum(rows, parents, aliases)]
        row = await (await connection.execute(_REVISION, values)).fetchone()
        assert row is not None  # noqa: S101 - INSERT ... RETURNING of one row has one row
        await connection.execute("SELECT pg_notify(%s, %s)", [INVENTORY_CHANNEL, str(row[0])])
    return replace(imported, revision=row[0])


async def _compare(connection: AsyncConnection, table: Table, wanted: Rows) -> Difference:
    retired_at = sql.Identifier("retired_at") if table.retires else sql.NULL
    cursor = await connection.execute(
        sql.SQL("SELECT {} IS NOT NULL, {} FROM {}").format(
            retired_at, _names((table.key, *table.columns)), sql.Identifier(table.name)
        )
    )
    present, retired = {}, set()
    for is_retired, key, *values in await cursor.fetchall():
        present[key] = tuple(values)
        if is_retired:
            retired.add(key)
    found = difference(table, wanted, present, frozenset(retired))
    if table is METRICS:
        _check_stable(found.changed, present)
    return found


def _check_stable(changed: Rows, present: Rows) -> None:
    for metric_id, row in changed.items():
        metric, unit = row[:2]
        known_metric, known_unit = present[metric_id][:2]
        if (metric, unit) != (known_metric, known_unit):
            raise DatabaseError(
                f"metric {metric_id} is {known_metric!r} in {known_unit!r} in the database and "
                f"{metric!r} in {unit!r} in the catalogue: stored readings would change their "
                "meaning; a new metric takes a new number"
            )


async def _compare_pairs(
    connection: AsyncConnection, table: Pairs, wanted: frozenset[tuple[str, str]]
) -> Changed:
    cursor = await connection.execute(
        sql.SQL("SELECT {} FROM {}").format(_names(table.columns), sql.Identifier(table.name))
    )
    present = frozenset((first, second) for first, second in await cursor.fetchall())
    return wanted - present, present - wanted


async def _write(connection: AsyncConnection, imported: Imported, now: datetime) -> None:
    for found in imported.differences:
        await _write_table(connection, found, now)
    await _write_pairs(connection, PARENTS, imported.parents)
    await _write_pairs(connection, ALIASES, imported.aliases)


async def _write_pairs(connection: AsyncConnection, table: Pairs, changed: Changed) -> None:
    added, removed = changed
    name, columns = sql.Identifier(table.name), _names(table.columns)
    delete = sql.SQL("DELETE FROM {} WHERE ({}) = (%s, %s)").format(name, columns)
    insert = sql.SQL("INSERT INTO {} ({}) VALUES (%s, %s)").format(name, columns)
    async with connection.cursor() as cursor:
        # An alias may go from one device to another.
        await cursor.executemany(delete, sorted(removed))
        await cursor.executemany(insert, sorted(added))


async def _write_table(connection: AsyncConnection, found: Difference, now: datetime) -> None:
    table = found.table
    name, key = sql.Identifier(table.name), sql.Identifier(table.key)
    places = sql.SQL(", ").join([sql.Placeholder()] * (len(table.columns) + 1))
    insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        name, _names((table.key, *table.columns)), places
    )
    assignments = [
        sql.SQL("{} = %s").format(sql.Identifier(column)) for column in table.columns
    ] + ([sql.SQL("retired_at = NULL")] if table.retires else [])
    update = sql.SQL("UPDATE {} SET {} WHERE {} = %s").format(
        name, sql.SQL(", ").join(assignments), key
    )
    async with connection.cursor() as cursor:
        await cursor.executemany(insert, [(key, *row) for key, row in found.added.items()])
        await cursor.executemany(update, [(*row, key) for key, row in found.changed.items()])
    if found.retired:
        await connection.execute(
            sql.SQL("UPDATE {} SET retired_at = %s WHERE {} = ANY(%s)").format(name, key),
            [now, list(found.retired)],
        )


def _names(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
