"""The bookkeeper beside a service: it goes on by itself, and through an outage."""

import asyncio
import contextlib
from datetime import datetime, timedelta
from random import Random

import pytest
from psycopg import AsyncConnection

from province.inventory import Inventory
from rules.books.bookkeeper import Bookkeeper
from runtime.database.connection import DatabaseAddress
from tests.rules.books.make import DAY, at
from tests.rules.books.stored import add_spell, books, watch
from tests.waiting import eventually, eventually_true

pytestmark = pytest.mark.servers


class At:
    """A clock that stands still."""

    def now(self) -> datetime:
        return at("12:00")


async def test_books_are_kept_while_it_runs_and_again_after_its_connection_was_cut(
    connection: AsyncConnection, stocked_url: str, inventory: Inventory
) -> None:
    code = inventory.villages[0].code
    await watch(connection, at("00:00"), at("12:00"))
    await add_spell(connection, "village", code, at("00:00"), None, "served")
    written: list[int] = []
    keeper = Bookkeeper(
        DatabaseAddress.from_url(stocked_url),
        At(),
        Random(1),
        interval=timedelta(milliseconds=20),
        on_built=lambda built: written.append(built.written),
    )
    running = asyncio.create_task(keeper.run())
    try:

        async def served(hours: int) -> bool:
            rows = await books(connection, "village", code, DAY)
            return bool(rows) and rows[0].get("served_seconds") == hours * 3600

        await eventually_true(lambda: served(12))
        # A look is over only when its marks are gone, after its rows are there to be seen.
        await eventually(lambda: bool(written))
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'srepok-rules-books' AND datname = current_database()"
        )
        await connection.execute(
            "UPDATE village_spells SET until = %s WHERE village_code = %s", [at("06:00"), code]
        )
        await eventually_true(lambda: served(6))
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert written[0] == len(inventory.villages) + len(inventory.links)
