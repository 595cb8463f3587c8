"""The inventory that history is judged by, and which device a row's number is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row
from pydantic_core import to_json

from province.inventory import Inventory, InventoryError, parse_inventory
from rules.errors import RulesError
from runtime.database.inventory_rows import METRICS, TABLES, Table

_PARENTS: Final = "SELECT node_code, parent_code FROM node_parents ORDER BY 1, 2"
_CODE: Final = "_code"


async def read_stored_inventory(connection: AsyncConnection, at: datetime) -> Inventory:
    """Read the inventory of the database: what is in it, and what was retired after an instant.

    Where an object was changed since, it is the newest that is read: nothing older is stored.

    Raises:
        RulesError: it is empty, or contradicts itself.
    """
    parents = await _parents(connection)
    lines: list[bytes] = []
    for table in TABLES:
        if table is not METRICS:
            lines += [to_json(each) for each in await _records(connection, table, parents, at)]
    if not lines:
        raise RulesError(
            f"database {connection.info.dbname!r} has no inventory: name a file with --inventory,"
            " or import one with `python -m runtime.database inventory`"
        )
    try:
        return parse_inventory(b"\n".join(lines), f"inventory of {connection.info.dbname}")
    except InventoryError as error:
        raise RulesError(str(error)) from error


async def read_device_codes(connection: AsyncConnection) -> Mapping[int, str]:
    """Return the code of every device that ever was, by the number that rows have."""
    cursor = await connection.execute("SELECT device_id, device_code FROM devices")
    return dict(await cursor.fetchall())


async def read_metric_codes(connection: AsyncConnection) -> Mapping[int, str]:
    """Return the code of every metric, by the number that readings have."""
    cursor = await connection.execute("SELECT metric_id, metric FROM metrics")
    return dict(await cursor.fetchall())


async def _parents(connection: AsyncConnection) -> Mapping[str, list[str]]:
    parents: dict[str, list[str]] = {}
    cursor = await connection.execute(_PARENTS)
    for node, parent in await cursor.fetchall():
        parents.setdefault(node, []).append(parent)
    return parents


async def _records(
    connection: AsyncConnection, table: Table, parents: Mapping[str, list[str]], at: datetime
) -> list[dict[str, object]]:
    """Return the rows of a table as objects of an inventory file (docs/topics/inventory.md)."""
    statement = sql.SQL(
        "SELECT {} FROM {} WHERE retired_at IS NULL OR retired_at >= %s ORDER BY 1"
    ).format(
        sql.SQL(", ").join(map(sql.Identifier, (table.key, *table.columns))),
        sql.Identifier(table.name),
    )
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement, [at])
        rows = await cursor.fetchall()
    kind = table.name.removesuffix("s")
    found = []
    for row in rows:
        record: dict[str, object] = {"type": kind, "code": row.pop(table.key)}
        record |= {name.removesuffix(_CODE): value for name, value in row.items()}
        if kind == "node":
            record["parents"] = parents.get(str(record["code"]), [])
        found.append(record)
    return found
