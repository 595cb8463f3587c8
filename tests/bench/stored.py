"""What a load left in the database, compared with what was sent."""

import contextlib
from dataclasses import dataclass
from typing import Final

from tests.bench.load import Sent
from tests.waiting import eventually_true
from tests.world import World

_STORED: Final = """
    SELECT count(*), count(DISTINCT (device_id, seq)),
        extract(epoch FROM max(pg_xact_commit_timestamp(xmin)) - min(observed_at))::float8,
        percentile_cont(ARRAY[0.5, 0.99, 1.0]) WITHIN GROUP (ORDER BY
            extract(epoch FROM pg_xact_commit_timestamp(xmin) - observed_at)::float8)
    FROM link_reports WHERE boot_id = %s
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What is in the database; times in seconds.

    Attributes:
        rows: all of them.
        reports: different ones.
        lasted: from the first report sent to the last one committed.
        median: from sent to committed.
        p99: of the same.
        worst: of the same.
    """

    rows: int
    reports: int
    lasted: float
    median: float
    p99: float
    worst: float

    def compare(self, sent: Sent) -> str:
        """Return what was lost and what is there twice, as a line."""
        unconfirmed = sent.reports - sent.confirmed
        aside = f" ({unconfirmed} were not confirmed to the publisher)" if unconfirmed else ""
        return (
            f"sent {sent.reports}, stored {self.reports}: lost {sent.reports - self.reports},"
            f" twice {self.rows - self.reports}{aside}"
        )


async def until_settled(world: World, messages: int, seconds: float) -> None:
    """Wait until so many messages are settled, or the time is up: the comparison will tell."""

    async def settled() -> bool:
        return await world.ingest.metric("srepok_ingest_messages_settled_total") >= messages

    with contextlib.suppress(TimeoutError):
        await eventually_true(settled, seconds)


async def stored(world: World, sent: Sent) -> Stored:
    """Look at what a load left."""
    ((rows, reports, lasted, (median, p99, worst)),) = await world.rows(_STORED, sent.boot_id)
    return Stored(rows, reports, lasted, median, p99, worst)
