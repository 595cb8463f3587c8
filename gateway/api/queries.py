"""The API's SQL, one file a query in `gateway/api/sql/`, and how it is run: briefly, and bounded.

Statements are planned with their values, not prepared: a filter that is not asked for then costs
nothing, and an index that suits the others is used.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any, Final, LiteralString, TypeVar

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row, kwargs_row

from runtime.database.pool import Pool

Row = TypeVar("Row")

_READING: Final[LiteralString] = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = '8s'"
)
_WRITING: Final[LiteralString] = (
    "SET TRANSACTION READ WRITE; SET LOCAL statement_timeout = '8s'; SET LOCAL lock_timeout = '3s'"
)


@cache
def query(name: str) -> LiteralString:
    """Return the text of `gateway/api/sql/NAME.sql`, without its comments.

    Raises:
        FileNotFoundError: no such file.
    """
    text = files("gateway.api").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines)


@asynccontextmanager
async def reading(pool: Pool) -> AsyncIterator[AsyncConnection]:
    """Give a connection on which all that is read is of one moment."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_READING)
        yield connection


@asynccontextmanager
async def writing(pool: Pool) -> AsyncIterator[AsyncConnection]:
    """Give a connection in a transaction that is committed in the end."""
    async with pool.connection() as connection, connection.transaction():
        await connection.execute(_WRITING)
        yield connection


async def select(
    connection: AsyncConnection,
    kind: type[Row],
    name: str,
    values: Mapping[str, Any],
    relation: str | None = None,
) -> list[Row]:
    """Run a query; return its rows, each made of its columns by name.

    Args:
        connection: to run it on.
        kind: what rows are made.
        name: of the query.
        values: of its parameters.
        relation: what `{relation}` stands for in it.
    """
    async with connection.cursor(row_factory=kwargs_row(kind)) as cursor:
        await cursor.execute(_statement(name, relation), values, prepare=False)
        return await cursor.fetchall()


async def select_raw(
    connection: AsyncConnection, name: str, values: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Run a query; return its rows as mappings."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_statement(name, None), values, prepare=False)
        return await cursor.fetchall()


def _statement(name: str, relation: str | None) -> sql.Composed | LiteralString:
    text = query(name)
    return text if relation is None else sql.SQL(text).format(relation=sql.Identifier(relation))
