"""What a service looks at once it has connected."""

from datetime import UTC, datetime, timedelta

import pytest
from psycopg import AsyncConnection

from runtime.clock import SystemClock
from runtime.database.capabilities import Capabilities
from runtime.database.chain import shipped_chain
from runtime.database.checks import check_schema, clock_offset
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.errors import SchemaError
from tests.databases import ConnectAs

pytestmark = pytest.mark.servers


class ShiftedClock:
    """The machine's clock, so much later."""

    def __init__(self, shift: timedelta) -> None:
        self._shift = shift

    def now(self) -> datetime:
        return datetime.now(UTC) + self._shift


async def test_a_migrated_database_passes_as_any_service_sees_it(
    connect_as: ConnectAs, capabilities: Capabilities
) -> None:
    for group in ("srepok_ingest", "srepok_rules", "srepok_gateway", "srepok_grafana"):
        await check_schema(await connect_as(group), capabilities)


async def test_a_database_without_a_schema_is_named_with_the_command_that_makes_one(
    empty_database_url: str, capabilities: Capabilities
) -> None:
    async with await connect(DatabaseAddress.from_url(empty_database_url), "tests") as empty:
        with pytest.raises(SchemaError) as caught:
            await check_schema(empty, capabilities)
    lacks = f"database '{capabilities.database}' lacks migrations (0001_roles.sql to "
    assert lacks in str(caught.value)
    assert str(caught.value).endswith("python -m runtime.database migrate")


async def test_the_one_missing_migration_is_named(
    connection: AsyncConnection, capabilities: Capabilities
) -> None:
    last = [file for file in shipped_chain() if file.requires in {None, capabilities.edition}][-1]
    await connection.execute("DELETE FROM schema_migrations WHERE version >= %s", [last.version])
    with pytest.raises(SchemaError, match=rf"lacks migrations \({last.name}\)"):
        await check_schema(connection, capabilities)


async def test_a_migration_that_did_not_reach_its_end_is_still_missing(
    connection: AsyncConnection, capabilities: Capabilities
) -> None:
    await connection.execute("UPDATE schema_migrations SET state = 'begun' WHERE version = 1")
    with pytest.raises(SchemaError, match=r"0001_roles\.sql"):
        await check_schema(connection, capabilities)


async def test_a_database_of_a_newer_program_is_told_apart(
    connection: AsyncConnection, capabilities: Capabilities
) -> None:
    await connection.execute(
        "INSERT INTO schema_migrations (version, name, checksum, state, edition)"
        " VALUES (9000, '9000_later.sql', '', 'applied', 'apache')"
    )
    with pytest.raises(SchemaError, match=r"has had 9000_later.sql.*Bring this program up to date"):
        await check_schema(connection, capabilities)


async def test_the_same_clock_is_no_offset(connection: AsyncConnection) -> None:
    assert abs(await clock_offset(connection, SystemClock())) < timedelta(seconds=1)


@pytest.mark.parametrize("hours", [-1, 1])
async def test_an_offset_is_the_databases_time_less_ours(
    connection: AsyncConnection, hours: int
) -> None:
    offset = await clock_offset(connection, ShiftedClock(timedelta(hours=hours)))
    assert round(offset / timedelta(hours=1), 2) == -hours
