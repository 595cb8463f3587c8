"""Plans: which relations a query reads, and how."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from psycopg import AsyncConnection

from dashboards.preview.asking import ask
from runtime.database import relations
from runtime.database.capabilities import detect_capabilities

RAW: Final = frozenset({relations.LINK_REPORTS, relations.SENSOR_READINGS})
MINUTES: Final = frozenset({"link_reports_1m", "sensor_readings_1m"})
HOURS: Final = frozenset({"link_reports_1h", "sensor_readings_1h"})
DAYS: Final = frozenset({"link_reports_1d", "sensor_readings_1d"})
ROLL_UPS: Final = MINUTES | HOURS | DAYS

BOUNDED: Final = frozenset(
    {
        "pipeline: Roll-ups behind",
        "city: Water against alarm levels",
        "city: Water level",
        "city: Rain of 24 hours",
        "city: PM2.5, mean of 24 hours",
        "incidents: Evidence: reports of its probes",
    }
)
"""Panels that read finer levels on purpose, of a time of their own and not the screen's."""

_OWNERS: Final = """
    SELECT chunk_name, coalesce(view_name, c.hypertable_name)
    FROM timescaledb_information.chunks AS c
    LEFT JOIN timescaledb_information.continuous_aggregates AS a
        ON a.materialization_hypertable_name = c.hypertable_name
"""
_SEQUENTIAL: Final = "Seq Scan"


@dataclass(frozen=True, slots=True)
class Scan:
    """How a query reads a relation.

    Attributes:
        relation: a chunk goes by its hypertable's name, or by that of the aggregate.
        node: kind of the plan's node.
        rows: that the planner takes it to give.
    """

    relation: str
    node: str
    rows: float

    @property
    def is_sequential(self) -> bool:
        """Whether every row of it is read."""
        return self.node == _SEQUENTIAL


async def scans_of(connection: AsyncConnection, sql: str) -> list[Scan]:
    """Return how an expanded query reads what it reads.

    What an aggregate of the Community edition has not computed yet, it reads from what it is made
    of: that is left out.
    """
    (told,) = (await ask(connection, f"EXPLAIN (FORMAT JSON) {sql}")).rows[0]
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    owners = {str(chunk): str(name) for chunk, name in (await ask(connection, _OWNERS)).rows}
    scans = [
        Scan(owners.get(relation, relation), node, rows) for relation, node, rows in _read_in(plan)
    ]
    if not (await detect_capabilities(connection)).continuous_aggregates:
        return scans
    finer = _made_of({scan.relation for scan in scans})
    return [scan for scan in scans if scan.relation not in finer]


async def relations_of(connection: AsyncConnection, sql: str) -> set[str]:
    """Return the relations that an expanded query reads."""
    return {scan.relation for scan in await scans_of(connection, sql)}


def _made_of(read: set[str]) -> frozenset[str]:
    """Return what the coarsest level that is read is made of."""
    if read & DAYS:
        return RAW | MINUTES | HOURS
    if read & HOURS:
        return RAW | MINUTES
    return RAW if read & MINUTES else frozenset()


def _read_in(plan: Mapping[str, Any]) -> Iterator[tuple[str, str, float]]:
    if "Relation Name" in plan:
        yield plan["Relation Name"], plan["Node Type"], plan["Plan Rows"]
    for part in plan.get("Plans", ()):
        yield from _read_in(part)
