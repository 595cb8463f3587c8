"""The protocol: aiohttp's, and what it would answer by itself is a problem like any other."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from aiohttp import HttpVersion11, web
from aiohttp.http import HttpProcessingError, RawRequestMessage
from aiohttp.web_protocol import ERROR
from multidict import CIMultiDict, CIMultiDictProxy

from gateway.connections.crowd import Crowd, Guest
from gateway.problems.kinds import INTERNAL, MALFORMED, UNEXPECTED
from gateway.problems.problem import Problem

Refuse = Callable[[web.BaseRequest, Problem], web.Response]
"""Makes the answer of a problem that no handler has seen, and counts it."""

_NO_HTTP: Final = Problem(
    MALFORMED,
    "This is not HTTP as it is understood here: the first line, a header or a length is wrong,"
    " or too long, or there are too many",
)
_UNMET: Final = Problem(UNEXPECTED, "Expect: only 100-continue is understood")
_NO_HEADERS: Final = CIMultiDictProxy[str](CIMultiDict())


class Protocol(web.RequestHandler):
    """One connection's.

    Args:
        server: of aiohttp's runner.
        crowd: has the connection's guest.
        refuse: answers what no handler sees.
        options: of aiohttp's handler.
    """

    def __init__(
        self,
        server: web.Server,
        crowd: Crowd,
        refuse: Refuse,
        options: Mapping[str, Any],
    ) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._crowd = crowd
        self._refuse = refuse
        self._guest: Guest | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Find out whose connection it is."""
        self._guest = self._crowd.guest(transport.get_extra_info("socket").fileno())
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let go of whose it was."""
        self._guest = None
        super().connection_lost(exc)

    async def _handle_request(
        self,
        request: web.BaseRequest,
        start_time: float | None,
        request_handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
    ) -> tuple[web.StreamResponse, bool]:
        """Handle a request that is whole but for its body, until its answer is out."""
        if _expects_more(request):
            request_handler = self._refuse_expectation
        if self._guest is not None:
            self._guest.begin()
        try:
            return await super()._handle_request(request, start_time, request_handler)
        finally:
            if self._guest is not None:
                self._guest.finish()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return the answer to what is no HTTP; it repeats nothing, for it may be a secret."""
        problem = _NO_HTTP
        if not isinstance(exc, HttpProcessingError):
            # Of our own net under all handlers; aiohttp logs it and knows whether it is too late.
            super().handle_error(request, status, exc, message)
            problem = Problem(INTERNAL, "Something went wrong here")
        response = self._refuse(request, problem)
        response.force_close()
        return response

    async def _refuse_expectation(self, request: web.BaseRequest) -> web.StreamResponse:
        return self._refuse(request, _UNMET)


def _expects_more(request: web.BaseRequest) -> bool:
    expected = request.headers.get("Expect")
    return expected is not None and expected.strip().lower() != "100-continue"


def answer_whole(make: Callable[..., web.BaseRequest]) -> Callable[..., web.BaseRequest]:
    """Return a factory of requests by another: what is no HTTP is answered as HTTP/1.1 too."""

    def made(message: RawRequestMessage, *rest: Any) -> web.BaseRequest:  # noqa: ANN401 - aiohttp's
        if message is ERROR:
            message = message._replace(version=HttpVersion11, headers=_NO_HEADERS)
        return make(message, *rest)

    return made
