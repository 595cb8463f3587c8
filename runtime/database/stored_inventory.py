"""The inventory as the database has it, read back into the form of its file."""

from typing import Any

from psycopg import AsyncConnection, sql
from pydantic_core import to_json

from runtime.database.inventory_rows import ALIASES, PARENTS, SPECIFICATIONS, Table

Attributes = tuple[str, ...]


async def stored_revision(connection: AsyncConnection) -> int:
    """Return the revision of the inventory; 0 before the first import."""
    cursor = await connection.execute("SELECT max(revision) FROM inventory_revisions")
    row = await cursor.fetchone()
    return row[0] or 0 if row else 0


async def stored_inventory(connection: AsyncConnection) -> tuple[int, bytes]:
    """Return the revision of the inventory, and the content of a file that says the same.

    What was retired is not in it. `province.inventory.parse_inventory` reads it.
    """
    async with connection.transaction():
        # One moment for all tables: an import may commit in between.
        await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        revision = await stored_revision(connection)
        parents = await _listed(connection, PARENTS.name, *PARENTS.columns)
        aliases = await _listed(connection, ALIASES.name, *reversed(ALIASES.columns))
        lines: list[bytes] = []
        for records, table, attributes in SPECIFICATIONS:
            for key, *values in await _rows(connection, table):
                record = {"type": records.removesuffix("s"), "code": key}
                record |= _told(attributes, values)
                if table.name == "nodes" and key in parents:
                    record["parents"] = parents[key]
                if table.name == "devices" and key in aliases:
                    record["aliases"] = aliases[key]
                lines.append(to_json(record))
    return revision, b"".join(line + b"\n" for line in lines)


def _told(attributes: Attributes, values: list[Any]) -> dict[str, Any]:
    pairs = zip(attributes, values, strict=True)
    return {name: value for name, value in pairs if value is not None}


async def _rows(connection: AsyncConnection, table: Table) -> list[tuple[Any, ...]]:
    columns = sql.SQL(", ").join(map(sql.Identifier, (table.key, *table.columns)))
    key, name = sql.Identifier(table.key), sql.Identifier(table.name)
    statement = sql.SQL("SELECT {} FROM {} WHERE retired_at IS NULL ORDER BY {}")
    return await (await connection.execute(statement.format(columns, name, key))).fetchall()


async def _listed(
    connection: AsyncConnection, table: str, key: str, value: str
) -> dict[str, list[str]]:
    """Return the values of each key, in a table of pairs."""
    statement = sql.SQL("SELECT {0}, {1} FROM {2} ORDER BY {0}, {1}").format(
        *map(sql.Identifier, (key, value, table))
    )
    found: dict[str, list[str]] = {}
    for each, of_it in await (await connection.execute(statement)).fetchall():
        found.setdefault(each, []).append(of_it)
    return found
