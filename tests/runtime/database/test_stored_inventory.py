"""The inventory, read back: what was imported, without what was retired since."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest

from province.inventory import Inventory, parse_inventory
from province.metrics import catalogue
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.inventory import import_inventory
from runtime.database.stored_inventory import stored_inventory, stored_revision

pytestmark = pytest.mark.servers


def by_type(inventory: Inventory) -> dict[str, set[str]]:
    """Return all records; parents have no order, here or in the database."""
    nodes = tuple(
        node.model_copy(update={"parents": tuple(sorted(node.parents))}) for node in inventory.nodes
    )
    inventory = replace(inventory, nodes=nodes)
    return {
        field.name: {repr(record) for record in getattr(inventory, field.name)}
        for field in fields(inventory)
    }


async def test_what_was_imported_is_read_back(database_url: str, inventory: Inventory) -> None:
    named = inventory.devices[-1].model_copy(update={"aliases": ("lora:01", "lora:02")})
    inventory = replace(inventory, devices=(*inventory.devices[:-1], named))
    async with await connect(DatabaseAddress.from_url(database_url), "tests") as connection:
        await import_inventory(
            connection, inventory, catalogue().values(), source="tests", now=datetime.now(UTC)
        )
        assert await stored_revision(connection) == 1
        revision, content = await stored_inventory(connection)
        assert revision == 1
        assert by_type(parse_inventory(content, "stored")) == by_type(inventory)
        fewer = replace(inventory, devices=inventory.devices[1:])
        await import_inventory(
            connection, fewer, catalogue().values(), source="tests", now=datetime.now(UTC)
        )
        revision, content = await stored_inventory(connection)
        assert revision == 2
        assert by_type(parse_inventory(content, "stored")) == by_type(fewer)


async def test_before_the_first_import_there_is_nothing(database_url: str) -> None:
    async with await connect(DatabaseAddress.from_url(database_url), "tests") as connection:
        assert await stored_inventory(connection) == (0, b"")
