"""The door's part of the address space."""

from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from typing import Final

from aiohttp import web

from gateway.bodies import expect_later
from gateway.door import keys as door_keys
from gateway.door import uploads, webhooks
from gateway.problems.problem import Problem

Handler = Callable[[web.Request], Awaitable[web.Response]]


def _counted(route: str, handler: Handler) -> Handler:
    """Return the handler, its answers counted under this name."""

    @wraps(handler)
    async def counted(request: web.Request) -> web.Response:
        status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        try:
            answer = await handler(request)
            status = answer.status
        except (Problem, web.HTTPException) as refusal:
            status = refusal.status
            raise
        finally:
            request.app[door_keys.INSTRUMENTS].answered(route, status)
        return answer

    return counted


def _post(path: str, name: str, handler: Handler) -> web.RouteDef:
    return web.post(path, _counted(name, handler), expect_handler=expect_later)


ROUTES: Final = (
    _post("/v1/telemetry", "telemetry", uploads.telemetry),
    _post("/v1/status", "status", uploads.status),
    _post("/v1/event", "event", uploads.event),
    _post("/in/{adapter}", "webhook", webhooks.webhook),
    _post("/in/{adapter}/{tail:.*}", "webhook", webhooks.webhook),
)
"""What devices upload to, and other systems post to."""
