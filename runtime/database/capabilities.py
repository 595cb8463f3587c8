"""Capabilities: which edition of TimescaleDB a database has, and what follows from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, LiteralString

from psycopg import AsyncConnection

from runtime.database.errors import EditionError

_OLDEST: Final = (2, 18)
"""The first release with columnstore policies under that name."""

_QUERY: Final[LiteralString] = """
    SELECT current_database(), current_setting('server_version'),
        (SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'),
        current_setting('timescaledb.license', true)
"""


class Edition(StrEnum):
    """What the licence setting of TimescaleDB permits."""

    COMMUNITY = "community"
    """Continuous aggregates, columnstore, policies."""
    APACHE = "apache"
    """Hypertables; the rest is ours."""


_LICENCES: Final = {"timescale": Edition.COMMUNITY, "apache": Edition.APACHE}


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one database can do.

    Attributes:
        database: its name.
        edition: of TimescaleDB.
        timescaledb: version of the extension in this database.
        postgresql: version of the server.
    """

    database: str
    edition: Edition
    timescaledb: str
    postgresql: str

    @property
    def continuous_aggregates(self) -> bool:
        """Whether the server keeps the roll-ups; else ingest marks and calls `roll_up()`."""
        return self.edition is Edition.COMMUNITY

    @property
    def missing(self) -> tuple[str, ...]:
        """What this edition does without, a sentence each, for the log at start."""
        if self.edition is Edition.COMMUNITY:
            return ()
        return (
            "no columnstore: rows stay at their full size until retention drops them",
            "no continuous aggregates: roll-ups are tables that roll_up() keeps",
            "no policies: retention is enforce_retention(), called by ingest",
        )


async def detect_capabilities(connection: AsyncConnection) -> Capabilities:
    """Ask the database for its edition.

    Raises:
        EditionError: naming the database, where TimescaleDB is missing, older than 2.18, or
            under a licence that we do not know.
    """
    cursor = await connection.execute(_QUERY)
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    database, postgresql, version, licence = row
    if version is None:
        raise EditionError(f"database {database!r}: the timescaledb extension is not created in it")
    if _release(version) < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise EditionError(f"database {database!r}: TimescaleDB {version} is older than {oldest}")
    if licence not in _LICENCES:
        known = " or ".join(_LICENCES)
        raise EditionError(
            f"database {database!r}: setting timescaledb.license is {licence!r}, not {known}"
        )
    return Capabilities(database, _LICENCES[licence], version, postgresql)


def _release(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor.split("-")[0])
