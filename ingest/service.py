"""The ingest service: built, run and drained here, so that the order can be read."""

import asyncio
import math
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial
from random import Random
from typing import Final

from prometheus_client import CollectorRegistry

from ingest.canary import Canary
from ingest.decode import DecodeLimits
from ingest.instants import ClockLimits
from ingest.instruments import Instruments, KeptElsewhere
from ingest.intake import Intake
from ingest.pipeline import Pipeline
from ingest.queues import Queues
from ingest.settings import IngestSettings
from ingest.store import Store
from ingest.upkeep import Upkeep
from province.topics import telemetry_filter
from runtime.broker.address import BrokerAddress
from runtime.broker.counters import (
    DROPPED,
    KEPT,
    KEPT_BYTES,
    RETAINED,
    BrokerCounters,
    DropAlarm,
)
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress
from runtime.files import write_whole
from runtime.logs import get_logger
from runtime.probes import make_probe_app, serve_probes
from runtime.shutdown import ShutdownStep, cancel, shut_down, wait_for_stop

log = get_logger(__name__)

_STOP_INTAKE: Final = timedelta(seconds=1)
_DISCONNECT: Final = timedelta(seconds=6)
_STOP_HELPERS: Final = timedelta(seconds=8)
_CLOSE_DATABASE: Final = timedelta(seconds=2)
_CANCEL: Final = timedelta(seconds=5)
"""psycopg waits so long for a server to confirm that a statement was cancelled."""
_LEAVE: Final = timedelta(seconds=7)
"""For the probes' open answers, and for a thread that is connecting to the broker."""


class IngestService:
    """One ingest process.

    Args:
        settings: how it works.
        broker: where messages come from.
        database: where they go.
        clock: tells the time.
        random: spreads retries.
    """

    def __init__(
        self,
        settings: IngestSettings,
        broker: BrokerAddress,
        database: DatabaseAddress,
        clock: Clock,
        random: Random,
    ) -> None:
        self._settings = settings
        self._broker = broker
        self._registry = CollectorRegistry()
        self.instruments = Instruments(self._registry)
        options = session_options(settings)
        self._intake = Intake(settings.batch_size, settings.flush_interval, settings.in_flight)
        self._session = BrokerSession(broker, options, self._intake.deliver, self, clock, random)
        self._store = Store(
            database,
            province=settings.province,
            worker=settings.worker,
            write_timeout=settings.write_timeout,
            inventory_refresh=settings.inventory_refresh,
            instruments=self.instruments,
            clock=clock,
            random=random,
        )
        self._pipeline = Pipeline(
            self._intake,
            self._store,
            self._session,
            decode_limits(settings),
            self.instruments,
            clock,
        )
        self._canary = Canary(broker, options, self._session, self.instruments, clock, random)
        self._drop_alarm = DropAlarm(clock)
        self._counters = BrokerCounters(
            broker, f"{settings.client_id}-counters", self._heard_counter, clock, random
        )
        self._queues = Queues(lambda: self._pipeline.in_flight, self._counters.values, clock)
        self._upkeep = Upkeep(
            database,
            settings.upkeep_interval,
            settings.worker,
            self._queues,
            self.instruments,
            clock,
            random,
        )
        self._show_what_is_kept_elsewhere()

    def _show_what_is_kept_elsewhere(self) -> None:
        for name, text, count in (
            ("messages_received", "Messages that arrived", lambda: self._intake.received),
            (
                "messages_at_qos0",
                "Messages that came at QoS 0: the broker does not keep them while ingest is away",
                lambda: self._session.at_qos0,
            ),
            (
                "broker_reading_pauses",
                "Times that nothing was read for want of room, until enough was committed",
                lambda: self._session.pauses,
            ),
        ):
            self._registry.register(KeptElsewhere(name, text, count))
        self.instruments.in_flight.set_function(lambda: self._pipeline.in_flight)
        for gauge, topic in (
            (self.instruments.broker_dropped, DROPPED),
            (self.instruments.broker_kept, KEPT),
            (self.instruments.broker_kept_bytes, KEPT_BYTES),
            (self.instruments.broker_retained, RETAINED),
        ):
            gauge.set_function(partial(self._said_by_broker, topic))
        self.instruments.receive_maximum.set_function(lambda: self._session.receive_maximum)

    async def run(self, stop: asyncio.Event) -> bool:
        """Serve until `stop` is set, then drain; return whether everything was drained.

        Raises:
            SessionTakenOverError: another process uses our client identifier.
            OSError: the probes' port is taken.
        """
        settings = self._settings
        async with AsyncExitStack() as stack:
            runner, port = await serve_probes(
                make_probe_app(self._registry, self.missing),
                settings.probe_host,
                settings.probe_port,
                "INGEST_PROBE_HOST, INGEST_PROBE_PORT",
            )
            stack.push_async_callback(runner.cleanup)
            if settings.probe_port_file:
                write_whole(settings.probe_port_file, f"{port}\n")
            log.info("ingest starting", worker=settings.worker, probe_port=port)
            pipeline = asyncio.create_task(self._pipeline.run(), name="ingest.pipeline")
            helpers = [
                asyncio.create_task(self._session.run(), name="ingest.session"),
                asyncio.create_task(self._keep_up(), name="ingest.upkeep"),
                asyncio.create_task(self._canary.run(), name="ingest.canary"),
                asyncio.create_task(self._counters.run(), name="ingest.counters"),
                asyncio.create_task(self._queues.run(), name="ingest.queues"),
            ]
            try:
                await wait_for_stop(stop, pipeline, *helpers)
            finally:
                drained = await shut_down(self._steps(pipeline, helpers))
        return drained

    def missing(self) -> Mapping[str, str]:
        """Say what keeps the service from doing its work; empty when it does."""
        missing = {}
        if not self._session.connected.is_set():
            missing["broker"] = f"not connected to {self._broker}"
        if self._store.failure is not None:
            missing["database"] = self._store.failure
        elif not self._store.devices:
            missing["inventory"] = "no devices: python -m runtime.database inventory FILE"
        return missing

    # -- SessionObserver ------------------------------------------------------------

    def connected(self, epoch: int, *, session_present: bool) -> None:
        """Count a connection, and bound what is left over of earlier ones."""
        self.instruments.connected(session_present=session_present)
        self.instruments.dropped.inc(self._intake.trim(epoch))

    def disconnected(self, reason: str) -> None:  # noqa: ARG002 - the session has logged it
        """Note that the connection ended."""
        self.instruments.broker_connected.set(0)

    async def _keep_up(self) -> None:
        # Before the schema is what it must be there is nothing to keep up.
        await self._store.opened.wait()
        await self._upkeep.run()

    def _said_by_broker(self, topic: str) -> float:
        return self._counters.values.get(topic, math.nan)

    def _heard_counter(self, topic: str, value: float) -> None:
        if topic == DROPPED:
            self._drop_alarm.note(value)

    def _steps(
        self, pipeline: asyncio.Task[None], helpers: list[asyncio.Task[None]]
    ) -> list[ShutdownStep]:
        async def stop_intake() -> None:
            self._intake.close()

        async def drain() -> None:
            await pipeline

        async def stop_helpers() -> None:
            await cancel(*helpers, pipeline)

        return [
            ShutdownStep("stop intake", stop_intake, _STOP_INTAKE),
            ShutdownStep("write what was received", drain, self._settings.drain_timeout),
            ShutdownStep("acknowledge and disconnect", self._session.close, _DISCONNECT),
            ShutdownStep("stop helpers", stop_helpers, _STOP_HELPERS),
            ShutdownStep("close database", self._store.close, _CLOSE_DATABASE),
        ]


def shutdown_bound(settings: IngestSettings) -> timedelta:
    """Return how long a stop takes at the very most; whoever kills in the end grants more."""
    writing = settings.drain_timeout + _CANCEL
    return _STOP_INTAKE + writing + _DISCONNECT + _STOP_HELPERS + _CLOSE_DATABASE + _LEAVE


def session_options(settings: IngestSettings) -> SessionOptions:
    """Return the broker session's options for these settings."""
    communes = [code.strip() for code in settings.communes.split(",") if code.strip()]
    filters = [telemetry_filter(commune=commune) for commune in communes or ["+"]]
    return SessionOptions(
        client_id=settings.client_id,
        filters=tuple(filters),
        receive_maximum=settings.in_flight,
    )


def decode_limits(settings: IngestSettings) -> DecodeLimits:
    """Return what is accepted under these settings."""
    return DecodeLimits(
        settings.maximum_payload_bytes,
        ClockLimits(
            settings.maximum_age,
            settings.maximum_ahead,
            settings.ahead_tolerance,
            settings.late_tolerance,
        ),
    )
