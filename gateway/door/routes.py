"""The door's part of the address space."""

from typing import Final

from aiohttp import web

from gateway.door import uploads

ROUTES: Final = (
    web.post("/v1/telemetry", uploads.telemetry),
    web.post("/v1/status", uploads.status),
    web.post("/v1/event", uploads.event),
)
"""What devices send to."""
