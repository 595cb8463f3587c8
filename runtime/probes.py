"""Probes: /healthz says the process lives, /readyz that it does its work, /metrics how much."""

from collections.abc import Callable, Mapping
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from runtime.listening import listen

_OPEN_ANSWERS_SECONDS: Final = 2.0
"""How long a stop waits for answers under way; aiohttp's own minute would use up its time."""

Readiness = Callable[[], Mapping[str, str]]
"""Returns what is not ready: the part and why; empty when all is."""


def make_probe_app(registry: CollectorRegistry, readiness: Readiness) -> web.Application:
    """Return the application of the three probes.

    Liveness asks nothing but the event loop: a database that is down must not have the
    service restarted, because its memory holds what waits to be written.
    """

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        missing = dict(readiness())
        status = "not ready" if missing else "ready"
        return web.json_response(
            {"status": status, "missing": missing}, status=503 if missing else 200
        )

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        )

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
    app.router.add_get("/metrics", metrics)
    return app


async def serve_probes(
    app: web.Application, host: str, port: int, settings: str
) -> tuple[web.AppRunner, int]:
    """Start serving; return the runner, to clean up, and the port (chosen if 0 was asked).

    Args:
        app: the probes.
        host: address to listen at.
        port: to listen at.
        settings: the names by which a person chooses both.

    Raises:
        ListenError: the port is taken; the message names address, port and settings.
    """
    sockets = listen(host, port, settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_OPEN_ANSWERS_SECONDS)
    await runner.setup()
    for each in sockets:
        await web.SockSite(runner, each).start()
    address: tuple[str, int] = runner.addresses[0]
    return runner, address[1]
