"""Routes of the live page."""

from typing import Final

from aiohttp import web

from gateway.page.document import show_page
from gateway.page.files import send_asset
from gateway.page.stream import send_events

ROUTES: Final[list[web.RouteDef]] = [
    web.get("/", show_page),
    web.get("/live/events", send_events),
    web.get("/static/{digest}/{name}", send_asset),
]
