"""Routes of this room."""

from typing import Final

from aiohttp import web

from gateway.access.login import log_in, log_out, show_login, show_style

ROUTES: Final[list[web.RouteDef]] = [
    web.get("/login", show_login),
    web.post("/login", log_in),
    web.post("/logout", log_out),
    web.get("/login.css", show_style),
]
