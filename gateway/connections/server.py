"""The server: the application on its sockets, within bounds that no client can move."""

import asyncio
import ssl
from collections.abc import Sequence
from functools import partial
from socket import socket
from typing import Any, Final

from aiohttp import web

from gateway.access.headers import add_headers
from gateway.access.server_log import server_logger
from gateway.connections.crowd import Crowd, CrowdLimits
from gateway.connections.entrance import Entrance
from gateway.connections.protocol import Protocol, Refuse, answer_whole
from gateway.keys import REFUSALS
from gateway.problems.problem import Problem, problem_response
from gateway.settings import GatewaySettings
from runtime.descriptors import open_files
from runtime.logs import get_logger

log = get_logger(__name__)

_OWN_FILES: Final = 256
"""Left to the probes, the database, the brokers and the log."""
_FEWEST: Final = 16
_BACKLOG: Final = 128
_LINGERING_SECONDS: Final = 2.0
_MOST_HEADERS: Final = 64


class Server:
    """Serves the application.

    Args:
        app: what answers.
        settings: the bounds.
        tls: to speak HTTPS; None: plain HTTP.

    Attributes:
        crowd: all that are connected.
        port: where it serves, once it does.
    """

    def __init__(
        self, app: web.Application, settings: GatewaySettings, tls: ssl.SSLContext | None
    ) -> None:
        self._settings = settings
        self._tls = tls
        self.crowd = Crowd(
            CrowdLimits(
                _most(settings.connections),
                settings.address_connections,
                settings.header_timeout,
                settings.proxies,
            )
        )
        self._refuse = _make_refuse(app, settings)
        self._runner = web.AppRunner(
            app, handle_signals=False, shutdown_timeout=settings.drain_timeout.total_seconds()
        )
        self._listening: list[asyncio.Server] = []
        self.port = 0

    async def start(self, sockets: Sequence[socket]) -> None:
        """Serve at these listening sockets, which are the server's from now on."""
        await self._runner.setup()
        server = self._runner.server
        assert server is not None  # noqa: S101 - set-up made it
        server.request_factory = answer_whole(server.request_factory)
        protocol = partial(Protocol, server, self.crowd, self._refuse, self._options())
        for each in sockets:
            entrance = Entrance(each, self.crowd)
            self.port = self.port or entrance.getsockname()[1]
            self._listening.append(await self._listen(protocol, entrance))

    async def stop_listening(self) -> None:
        """Let nobody in any more."""
        for each in self._listening:
            each.close()

    async def close(self) -> None:
        """Answer what is under way, within its time, and hang up on everybody."""
        await self._runner.cleanup()
        self.crowd.end_all()

    async def _listen(self, protocol: partial[Protocol], entrance: Entrance) -> asyncio.Server:
        patience = self._settings.header_timeout.total_seconds()
        return await asyncio.get_running_loop().create_server(
            protocol,
            sock=entrance,
            backlog=_BACKLOG,
            ssl=self._tls,
            ssl_handshake_timeout=patience if self._tls else None,
        )

    def _options(self) -> dict[str, Any]:
        return {
            "access_log": None,
            "logger": server_logger(),
            "keepalive_timeout": self._settings.idle_timeout.total_seconds(),
            # For whoever was refused while still sending to see why.
            "lingering_time": _LINGERING_SECONDS,
            # The door unpacks within a bound of its own, and nobody else takes what is packed.
            "auto_decompress": False,
            "max_headers": _MOST_HEADERS,
        }


def _most(wanted: int) -> int:
    """Return how many connections there may be, of those wanted, within the files there may be."""
    files = open_files()
    if files is None or wanted <= files - _OWN_FILES:
        return wanted
    most = max(files - _OWN_FILES, _FEWEST)
    log.warning(
        "fewer connections than GATEWAY_CONNECTIONS: this process may open few files",
        connections=most,
        wanted=wanted,
        open_files=files,
    )
    return most


def _make_refuse(app: web.Application, settings: GatewaySettings) -> Refuse:
    def refuse(request: web.BaseRequest, problem: Problem) -> web.Response:
        response = problem_response(problem)
        add_headers(request, response, settings.proxies)
        app[REFUSALS].count(problem.reason)
        return response

    return refuse
