"""What was decided live: the incidents that the rules wrote at the time."""

from typing import Any, Final, LiteralString

from psycopg import AsyncConnection

from rules.backtest.period import Period
from rules.backtest.verdicts import Verdict, root_of
from rules.model import IncidentClass, Severity

_STATEMENT: Final[LiteralString] = """
    SELECT incident_id, class, severity, root, rule, labels,
        extract(epoch FROM onset_at)::float8, extract(epoch FROM opened_at)::float8,
        extract(epoch FROM ended_at)::float8, villages, planned, notified
    FROM incidents
    WHERE opened_at < %(until)s AND (ended_at IS NULL OR ended_at >= %(from)s)
    ORDER BY opened_at, incident_id
"""


async def read_live(connection: AsyncConnection, period: Period) -> list[Verdict]:
    """Return the incidents that went on in a period, as they are known now."""
    values = {"from": period.starts_at, "until": period.ends_at}
    cursor = await connection.execute(_STATEMENT, values)
    return [_verdict(row) async for row in cursor]


def _verdict(row: tuple[Any, ...]) -> Verdict:
    name, kind, severity, root, rule, labels, onset, opened_at, ended_at, *rest = row
    villages, planned, notified = rest
    return Verdict(
        incident=name,
        incident_class=IncidentClass(kind),
        severity=Severity(severity),
        root=root_of(tuple(root), labels),
        onset=onset,
        opened_at=opened_at,
        ended_at=ended_at,
        rule=rule,
        villages=villages,
        planned=planned,
        notified=notified,
    )
