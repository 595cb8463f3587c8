"""Windows of maintenance that were announced, as they were known at the time."""

from collections.abc import Sequence
from typing import Final, LiteralString

from psycopg import AsyncConnection

from province.inventory import Inventory
from rules.backtest.period import Period
from rules.model import Window

_STATEMENT: Final[LiteralString] = """
    SELECT window_id, scope_code, extract(epoch FROM created_at)::float8,
        extract(epoch FROM starts_at)::float8,
        extract(epoch FROM least(ends_at, cancelled_at))::float8
    FROM maintenance_windows
    WHERE created_at < %(until)s AND starts_at < %(until)s
        AND coalesce(cancelled_at, 'infinity') > starts_at
"""


async def read_windows(
    connection: AsyncConnection, inventory: Inventory, period: Period
) -> Sequence[Window]:
    """Return the windows that may matter in a period, occurrences one by one."""
    return ()
