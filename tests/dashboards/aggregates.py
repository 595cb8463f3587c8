"""Roll-ups of the Community edition, brought up to date as its policies would do it."""

from datetime import datetime
from typing import Final

from psycopg import AsyncConnection

_AGGREGATES: Final = tuple(
    f"{relation}_{level}"
    for level in ("1m", "1h", "1d")
    for relation in ("link_reports", "sensor_readings")
)
"""Those of an hour are made of those of a minute, and those of a day of those of an hour."""


async def refresh_aggregates(owner: AsyncConnection, since: datetime, until: datetime) -> None:
    """Compute what has changed in a stretch of time.

    Args:
        owner: of the aggregates; in no transaction, one that commits by itself.
        since: start of it; a whole bucket must fit in.
        until: end of it.
    """
    for name in _AGGREGATES:
        await owner.execute(
            "CALL refresh_continuous_aggregate(%s::regclass, %s, %s)", [name, since, until]
        )
