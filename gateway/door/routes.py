"""The door's part of the address space."""

from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus
from typing import Final

from aiohttp import web

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


ROUTES: Final = (
    web.post("/v1/telemetry", _counted("telemetry", uploads.telemetry)),
    web.post("/v1/status", _counted("status", uploads.status)),
    web.post("/v1/event", _counted("event", uploads.event)),
    web.post("/in/{adapter}", _counted("webhook", webhooks.webhook)),
    web.post("/in/{adapter}/{tail:.*}", _counted("webhook", webhooks.webhook)),
)
"""What devices upload to, and other systems post to."""
