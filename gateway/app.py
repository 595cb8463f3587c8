"""The application: every room's routes under one roof, and what all requests go through."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from aiohttp import web

from gateway import keys
from gateway.access import routes as access
from gateway.access.authentication import make_authentication
from gateway.access.doorkeeper import ACCESS, Doorkeeper
from gateway.access.guard import make_guard
from gateway.access.headers import install_headers
from gateway.access.problem_page import problem_page
from gateway.access.refusals import ACCESS_KINDS, LOCKED_OUT
from gateway.api import routes as api
from gateway.bodies import install_arrivals
from gateway.door import keys as door_keys
from gateway.door import routes as door
from gateway.door.foreign import Foreign
from gateway.door.instruments import Instruments
from gateway.door.publisher import Publisher
from gateway.door.rates import Rates
from gateway.door.registry import Registry
from gateway.page import routes as page
from gateway.page.hub import Hub
from gateway.page.live import install_live
from gateway.problems.instruments import RefusalCounter
from gateway.problems.kinds import KINDS
from gateway.problems.problem import make_problem_middleware
from gateway.settings import GatewaySettings
from runtime.clock import Clock
from runtime.database.pool import Pool

ROOMS: Final[Sequence[Sequence[web.AbstractRouteDef]]] = (
    # A line for each room: its `routes.ROUTES`.
    door.ROUTES,
    access.ROUTES,
    page.ROUTES,
    api.ROUTES,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the application is made of; a handler finds each by its key of `gateway.keys`."""

    settings: GatewaySettings
    pool: Pool
    publisher: Publisher
    registry: Registry
    foreign: Foreign
    instruments: Instruments
    doorkeeper: Doorkeeper
    hub: Hub
    clock: Clock
    random: Random


def build_app(parts: Parts) -> web.Application:
    """Return the application; it needs neither database nor broker to start."""
    reasons = [*(kind.name for kind in (*KINDS, *ACCESS_KINDS)), LOCKED_OUT]
    refusals = RefusalCounter(parts.instruments.registry, reasons)
    app = web.Application(
        middlewares=_middlewares(parts, refusals),
        # aiohttp refuses a body of just this size.
        client_max_size=parts.settings.maximum_body_bytes + 1,
    )
    app[keys.SETTINGS] = parts.settings
    app[keys.POOL] = parts.pool
    app[keys.CLOCK] = parts.clock
    app[keys.REFUSALS] = refusals
    app[door_keys.PUBLISHER] = parts.publisher
    app[door_keys.REGISTRY] = parts.registry
    app[door_keys.RATES] = Rates(parts.settings.upload_rate, parts.settings.upload_burst)
    app[door_keys.FOREIGN] = parts.foreign
    app[door_keys.INSTRUMENTS] = parts.instruments
    app[ACCESS] = parts.doorkeeper
    install_headers(app, parts.settings.proxies)
    install_live(app, parts.hub, parts.doorkeeper)
    install_arrivals(app)
    for routes in ROOMS:
        app.add_routes(routes)
    return app


def _middlewares(parts: Parts, refusals: RefusalCounter) -> list[Any]:
    """Return what every request goes through, outermost first."""
    return [
        make_problem_middleware(parts.random, refusals.count, problem_page),
        make_guard(parts.settings.host_names),
        make_authentication(parts.doorkeeper, parts.settings),
    ]
