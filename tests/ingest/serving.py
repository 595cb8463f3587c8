"""The ingest service in this process, between servers that exist already."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from uuid import uuid4

from ingest.service import IngestService
from ingest.settings import IngestSettings
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.options import SessionOptions
from runtime.clock import Clock, SystemClock
from runtime.database.connection import DatabaseAddress


@dataclass
class Serving:
    """A running service; leave the context to stop it."""

    service: IngestService
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    drained: bool | None = None

    def metric(self, name: str) -> float:
        """Return a metric by its name without `srepok_ingest_`, series added up."""
        found = [
            sample.value
            for family in self.service._registry.collect()
            for sample in family.samples
            if sample.name == f"srepok_ingest_{name}"
        ]
        assert found, f"no metric {name}"
        return sum(found)


def settings_of(**changes: object) -> IngestSettings:
    """Return settings of a worker that no other test uses."""
    own = {
        "worker": f"t{uuid4().hex[:12]}",
        "probe_port": 0,
        "flush_interval": timedelta(milliseconds=20),
        "upkeep_interval": timedelta(milliseconds=50),
    }
    return IngestSettings.model_validate(own | changes)


@contextlib.asynccontextmanager
async def serving(
    broker: BrokerAddress,
    database: DatabaseAddress,
    settings: IngestSettings | None = None,
    clock: Clock | None = None,
    *,
    forget: bool = True,
) -> AsyncIterator[Serving]:
    """Run the service while inside; in the end its session at the broker is gone as well."""
    settings = settings or settings_of()
    service = IngestService(settings, broker, database, clock or SystemClock(), Random(1))
    running = Serving(service)
    task = asyncio.create_task(service.run(running.stop))
    try:
        yield running
    finally:
        running.stop.set()
        running.drained = await task
        if forget:
            await forget_session(broker, settings.client_id)


async def forget_session(broker: BrokerAddress, client_id: str) -> None:
    """Have the broker drop a session: on a shared one it would collect messages for days."""
    options = SessionOptions(client_id=client_id, session_expiry=timedelta(0))
    last = Connection(1, broker, options, lambda _message: None, SystemClock(), clean_start=True)
    await last.open()
    await last.close()
