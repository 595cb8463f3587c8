"""Routes of the API: one for each operation, and those of its description."""

from typing import Final

from aiohttp import web

from gateway.api.catalogue import OPERATIONS
from gateway.api.documentation import show_openapi, show_page, show_style
from gateway.api.operation import Operation
from gateway.api.serving import handler_of
from gateway.bodies import expect_later


def _route(operation: Operation) -> web.RouteDef:
    handler = handler_of(operation)
    if operation.method == "GET":
        # Takes HEAD too, as whoever asks whether something is there expects.
        return web.get(operation.path, handler, name=operation.name)
    return web.route(
        operation.method,
        operation.path,
        handler,
        name=operation.name,
        expect_handler=expect_later,
    )


ROUTES: Final[list[web.RouteDef]] = [
    *(_route(operation) for operation in OPERATIONS),
    web.get("/api/openapi.json", show_openapi),
    web.get("/api/docs", show_page),
    web.get("/api/docs.css", show_style),
]
"""What the application of aiohttp serves of this room."""
