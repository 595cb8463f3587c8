"""The gateway service: built, run and drained here, so that the order can be read."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from random import Random
from types import MappingProxyType
from typing import Final

from prometheus_client import CollectorRegistry

from gateway.access.doorkeeper import AccessOptions, Doorkeeper
from gateway.access.tls import server_context
from gateway.app import Parts, build_app
from gateway.connections.instruments import CrowdCollector
from gateway.connections.server import Server
from gateway.door.clocks import ClockLimits
from gateway.door.foreign import Foreign
from gateway.door.instruments import Instruments
from gateway.door.listener import Listener
from gateway.door.parcel import Packer
from gateway.door.publisher import Publisher
from gateway.door.registry import Registry
from gateway.page.hub import Hub
from gateway.page.instruments import LiveInstruments
from gateway.settings import GatewaySettings
from gateway.translation import Adapter
from runtime.broker.address import BrokerAddress
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import Clock
from runtime.database.connection import DatabaseAddress
from runtime.database.pool import PoolOptions, make_pool
from runtime.files import write_whole
from runtime.listening import listen
from runtime.logs import get_logger
from runtime.probes import make_probe_app, serve_probes
from runtime.shutdown import ShutdownStep, cancel, shut_down, wait_for_stop

log = get_logger(__name__)

_NONE: Final[Mapping[str, Adapter]] = MappingProxyType({})

_CLOSE_LISTENER: Final = timedelta(seconds=1)
_DISCONNECT: Final = timedelta(seconds=6)
_STOP_HELPERS: Final = timedelta(seconds=8)
_CLOSE_DATABASE: Final = timedelta(seconds=5)
_LEAVE: Final = timedelta(seconds=7)
"""For the probes' open answers, and for a thread that is connecting to the broker."""


class GatewayService:
    """One gateway process.

    Args:
        settings: how it works.
        broker: where devices' reports go.
        database: has the inventory, and takes what is refused.
        clock: tells the time.
        random: spreads retries, and names faults.
        adapters: of other systems, by name.

    Attributes:
        instruments: what it counts.
        app: the application of aiohttp.
        serving: set once it takes requests.
        port: where it does.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        broker: BrokerAddress,
        database: DatabaseAddress,
        clock: Clock,
        random: Random,
        adapters: Mapping[str, Adapter] = _NONE,
    ) -> None:
        self._settings = settings
        self._broker = broker
        self.instruments = Instruments(CollectorRegistry())
        options = PoolOptions(max_size=settings.pool_size, read_only=False)
        self._pool = make_pool(database, settings.client_id, options)
        # Nothing is subscribed to, so there is nothing for the broker to keep.
        session = SessionOptions(settings.client_id, session_expiry=timedelta(0))
        self._session = BrokerSession(broker, session, lambda _: None, self, clock, random)
        self._publisher = Publisher(self._session, settings.in_flight, settings.publish_timeout)
        self._registry = Registry(self._pool, settings.inventory_refresh, clock, random)
        self._doorkeeper = Doorkeeper(database, AccessOptions.of(settings), clock, random)
        live = LiveInstruments(self.instruments.registry)
        self._hub = Hub(database, f"{settings.client_id}-live", clock, random, live)
        limits = ClockLimits(settings.maximum_age, settings.maximum_ahead)
        foreign = Foreign(
            adapters,
            Packer(self._registry, limits, settings.maximum_payload_bytes),
            self._publisher,
            self._pool,
            self.instruments,
            clock,
        )
        self._listener = Listener(
            settings.foreign_broker(broker), settings.foreign_client_id, foreign, clock, random
        )
        parts = Parts(
            settings,
            self._pool,
            self._publisher,
            self._registry,
            foreign,
            self.instruments,
            self._doorkeeper,
            self._hub,
            clock,
            random,
        )
        self.app = build_app(parts)
        self._server = Server(self.app, settings, server_context(settings))
        CrowdCollector(self._server.crowd, self.instruments.registry)
        self._show()
        self.serving = asyncio.Event()
        self.port = 0

    def _show(self) -> None:
        instruments, registry = self.instruments, self._registry
        instruments.database_up.set_function(lambda: registry.failure is None)
        instruments.inventory.set_function(lambda: registry.known.revision)
        instruments.in_flight.set_function(lambda: self._publisher.in_flight)
        instruments.foreign_in_flight.set_function(lambda: self._listener.in_flight)

    async def run(self, stop: asyncio.Event) -> bool:
        """Serve until `stop` is set, then drain; return whether everything was drained.

        Raises:
            SessionTakenOverError: another process uses our client identifier.
            ListenError: a port is taken.
        """
        settings = self._settings
        async with AsyncExitStack() as stack:
            # First of all: whose ports are taken begins nothing that must be ended again.
            sockets = listen(settings.host, settings.port, "GATEWAY_HOST, GATEWAY_PORT")
            for each in sockets:
                stack.callback(each.close)
            probes, probe_port = await serve_probes(
                make_probe_app(self.instruments.registry, self.missing),
                settings.probe_host,
                settings.probe_port,
                "GATEWAY_PROBE_HOST, GATEWAY_PROBE_PORT",
            )
            stack.push_async_callback(probes.cleanup)
            await self._pool.open()
            stack.push_async_callback(self._pool.close)
            await self._server.start(sockets)
            self.port = self._server.port
            if settings.port_file:
                write_whole(settings.port_file, f"{self.port}\n")
            self.serving.set()
            if settings.probe_port_file:
                write_whole(settings.probe_port_file, f"{probe_port}\n")
            log.info("gateway starting", port=self.port, probe_port=probe_port)
            helpers = [
                asyncio.create_task(self._session.run(), name="gateway.session"),
                asyncio.create_task(self._registry.run(), name="gateway.registry"),
                asyncio.create_task(self._hub.run(), name="gateway.live"),
                asyncio.create_task(self._doorkeeper.run(), name="gateway.access"),
                asyncio.create_task(self._listener.run(), name="gateway.foreign"),
            ]
            try:
                await wait_for_stop(stop, *helpers)
            finally:
                drained = await shut_down(self._steps(helpers))
        return drained

    def missing(self) -> Mapping[str, str]:
        """Say what keeps the service from doing its work; empty when it does."""
        missing = {}
        if not self._publisher.connected:
            missing["broker"] = f"not connected to {self._broker}"
        if self._registry.failure is not None:
            missing["database"] = self._registry.failure
        elif not self._registry.known.devices:
            missing["inventory"] = "no devices: python -m runtime.database inventory FILE"
        if self._registry.failure is None and self._doorkeeper.failure is not None:
            missing["access"] = self._doorkeeper.failure
        # By default it is the same broker, and its absence was told.
        another = self._settings.foreign_mqtt_url is not None
        if self._listener.missing is not None and (another or "broker" not in missing):
            missing["foreign broker"] = self._listener.missing
        return missing

    # -- SessionObserver ------------------------------------------------------------

    def connected(self, epoch: int, *, session_present: bool) -> None:  # noqa: ARG002 - nothing is kept for us
        """Count a connection."""
        self.instruments.broker_connected.set(1)
        self.instruments.connections.inc()

    def disconnected(self, reason: str) -> None:  # noqa: ARG002 - the session has logged it
        """Note that the connection ended."""
        self.instruments.broker_connected.set(0)

    def _steps(self, helpers: list[asyncio.Task[None]]) -> list[ShutdownStep]:
        async def stop_helpers() -> None:
            await cancel(*helpers)

        answering = 2 * self._settings.drain_timeout
        return [
            ShutdownStep("stop listening", self._server.stop_listening, _CLOSE_LISTENER),
            ShutdownStep("answer what is under way", self._server.close, answering),
            ShutdownStep("stop hearing foreign devices", self._listener.close, _DISCONNECT),
            ShutdownStep("disconnect", self._session.close, _DISCONNECT),
            ShutdownStep("stop helpers", stop_helpers, _STOP_HELPERS),
            ShutdownStep("close database", self._pool.close, _CLOSE_DATABASE),
        ]


def shutdown_bound(settings: GatewaySettings) -> timedelta:
    """Return how long a stop takes at the very most; whoever kills in the end grants more."""
    answering = 2 * settings.drain_timeout
    return _CLOSE_LISTENER + answering + 2 * _DISCONNECT + _STOP_HELPERS + _CLOSE_DATABASE + _LEAVE
