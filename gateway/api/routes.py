"""Routes of the API: one for each operation, and those of its description."""

from typing import Final

from aiohttp import web

from gateway.api.catalogue import OPERATIONS
from gateway.api.documentation import show_openapi, show_page, show_style
from gateway.api.serving import handler_of

ROUTES: Final[list[web.RouteDef]] = [
    *(
        web.route(operation.method, operation.path, handler_of(operation), name=operation.name)
        for operation in OPERATIONS
    ),
    web.get("/api/openapi.json", show_openapi),
    web.get("/api/docs", show_page),
    web.get("/api/docs.css", show_style),
]
"""What the application of aiohttp serves of this room."""
