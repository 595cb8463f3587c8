"""A writer with the rights of ingest, and a look at what it wrote."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, LiteralString

from psycopg import AsyncConnection, sql
from psycopg.rows import dict_row

from ingest import accounts
from ingest.batch import Batch
from ingest.decode import Decoder
from ingest.queries import query
from ingest.registry import Registry
from ingest.writer import Writer, Written
from runtime.broker.message import Message
from tests.ingest.make import LIMITS, NOW

SINCE = NOW.replace(second=0) - timedelta(hours=2)


class Bench:
    """A writer with the rights of ingest, and a look at what it wrote."""

    def __init__(self, writer: Writer, registry: Registry, connection: AsyncConnection) -> None:
        self.writer = writer
        self.registry = registry
        self.connection = connection

    def decoder(self, **changes: Any) -> Decoder:  # noqa: ANN401 - fields of a Registry
        return Decoder(replace(self.registry, **changes), LIMITS)

    def decode(self, *messages: Message) -> Batch:
        decoder = self.decoder()
        batch = decoder.new_batch()
        for message in messages:
            decoder.decode(message, batch)
        return batch

    async def write(self, *messages: Message) -> Written:
        return await self.writer.write(self.decode(*messages))

    async def rows(self, table: str) -> list[dict[str, Any]]:
        async with self.connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(f"SELECT * FROM {table}".encode())  # noqa: S608 - the test's own word
            return await cursor.fetchall()

    async def differences(self, since: datetime) -> list[accounts.Difference]:
        until = NOW + timedelta(hours=1)
        return await accounts.differences(self.connection, since, until, LIMITS.clock)

    async def totals(self) -> accounts.Totals:
        return await accounts.totals(self.connection, SINCE)

    async def balanced(self) -> bool:
        letters = await accounts.letters(self.connection, SINCE)
        different = await self.differences(SINCE)
        return (await self.totals()).balanced and letters.balanced and not different

    async def plan(self, statement: str, parameters: Mapping[str, datetime]) -> str:
        """Return how the database would run one of our statements."""
        explain = sql.SQL("EXPLAIN ") + sql.SQL(query(statement))
        cursor = await self.connection.execute(explain, parameters)
        return "\n".join(line for (line,) in await cursor.fetchall())


async def refuse_links(connection: AsyncConnection, condition: LiteralString) -> None:
    """Have the database refuse link reports that pass every check of ours.

    A trigger: a hypertable with a columnstore takes no further constraint.
    """
    await connection.execute(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE check_violation USING MESSAGE = NEW.seq || '' is refused''; END';
        CREATE TRIGGER refuse BEFORE INSERT ON link_reports
            FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse()
        """
    )


def code_of(topic: str) -> str:
    return topic.split("/")[4]
