"""What a service looks at once it has connected: is this the schema and the time it expects?"""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from psycopg import AsyncConnection

from runtime.clock import Clock
from runtime.database.capabilities import Capabilities
from runtime.database.chain import Migration, shipped_chain
from runtime.database.errors import ChainError, SchemaError
from runtime.database.history import make_plan, read_history

CLOCK_TOLERANCE: Final = timedelta(seconds=1)
"""Two clocks further apart are worth a warning: rows carry times of both."""


async def check_schema(connection: AsyncConnection, capabilities: Capabilities) -> None:
    """Make sure that the schema is the one this version of the program was written for.

    Raises:
        SchemaError: it is older or newer; the message says what to do.
        EditionError: it was made for another edition of TimescaleDB.
    """
    database = capabilities.database
    try:
        plan = make_plan(_chain(), await read_history(connection), capabilities.edition)
    except ChainError as error:
        raise SchemaError(
            f"database {database!r}: {error}. Bring this program up to date with the database"
        ) from error
    if plan.apply:
        names = [migration.name for migration in plan.apply]
        lacks = names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
        raise SchemaError(
            f"database {database!r} lacks migrations ({lacks}). Run, as its owner: "
            "python -m runtime.database migrate"
        )


async def clock_offset(connection: AsyncConnection, clock: Clock) -> timedelta:
    """Return how far the database's clock is ahead of ours, as far as can be told from here.

    What the question itself took is given away: a slow answer makes no wrong clock.
    """
    asked_at = clock.now()
    cursor = await connection.execute("SELECT clock_timestamp()")
    row = await cursor.fetchone()
    answered_at = clock.now()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    told_at: datetime = row[0]
    return max(told_at - answered_at, min(told_at - asked_at, timedelta(0)))


@cache
def _chain() -> tuple[Migration, ...]:
    # It cannot change while the program runs, and an outage means many connections.
    return shipped_chain()
