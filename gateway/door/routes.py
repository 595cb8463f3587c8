"""The door's part of the address space."""

from typing import Final

from aiohttp import web

from gateway.door import uploads, webhooks

ROUTES: Final = (
    web.post("/v1/telemetry", uploads.telemetry),
    web.post("/v1/status", uploads.status),
    web.post("/v1/event", uploads.event),
    web.post("/in/{adapter}", webhooks.webhook),
    web.post("/in/{adapter}/{tail:.*}", webhooks.webhook),
)
"""What devices upload to, and other systems post to."""
