"""enforce_retention(): what is too old goes, and nothing else, whoever asks for it."""

import psycopg
import pytest
from psycopg import AsyncConnection

from runtime.database.capabilities import Capabilities, Edition
from tests.databases import ConnectAs
from tests.runtime.database.rollups import past, store

pytestmark = pytest.mark.servers


async def count(connection: AsyncConnection) -> int:
    cursor = await connection.execute("SELECT count(*) FROM link_reports")
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def enforce(connection: AsyncConnection, as_of: str = "now") -> dict[str, int]:
    cursor = await connection.execute(
        "SELECT relation, removed FROM enforce_retention(%s::timestamptz)", [as_of]
    )
    return dict(await cursor.fetchall())


async def test_chunks_beyond_their_time_are_dropped_by_ingest(
    connection: AsyncConnection, connect_as: ConnectAs, capabilities: Capabilities
) -> None:
    if capabilities.edition is not Edition.APACHE:
        pytest.skip("on the Community edition the server's policies drop chunks")
    await store(connection, [(1, past(40), 1, None), (1, past(29), 2, None)])

    removed = await enforce(await connect_as("srepok_ingest"))

    assert removed["link_reports"] == 1
    assert await count(connection) == 1


async def test_a_time_in_the_future_counts_as_now(
    connection: AsyncConnection, connect_as: ConnectAs
) -> None:
    await store(connection, [(1, past(2), 1, None)])
    await connection.execute("INSERT INTO ingest_minutes VALUES ('2020-01-01', 'w', 0,0,0,0,0)")

    removed = await enforce(await connect_as("srepok_ingest"), "infinity")

    assert removed["ingest_minutes"] == 1
    assert await count(connection) == 1


async def test_old_dead_letters_go(connection: AsyncConnection) -> None:
    await connection.execute(
        """
        INSERT INTO dead_letters (digest, topic, payload, qos, retain, reason, detail,
            first_received_at, last_received_at)
        SELECT age::text::bytea, 't', '', 1, false, 'r', 'd', now() - age, now() - age
        FROM unnest(ARRAY['40 days', '1 day']::interval[]) AS age
        """
    )

    assert (await enforce(connection))["dead_letters"] == 1


async def test_rows_are_kept_as_long_as_roll_ups_need_them(connection: AsyncConnection) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="retention_settings_enough"):
        await connection.execute(
            "UPDATE retention_settings SET keep = '5 days' WHERE relation = 'link_reports'"
        )


async def test_a_table_in_use_is_left_for_another_time(
    connection: AsyncConnection, connect_as: ConnectAs, capabilities: Capabilities
) -> None:
    if capabilities.edition is not Edition.APACHE:
        pytest.skip("on the Community edition the server's policies drop chunks")
    await store(connection, [(1, past(40), 1, None)])
    reader = await connect_as("srepok_grafana")
    await connection.execute("ALTER FUNCTION enforce_retention SET lock_timeout = '50ms'")

    async with reader.transaction():
        await count(reader)
        assert (await enforce(connection))["link_reports"] is None

    assert (await enforce(connection))["link_reports"] == 1
