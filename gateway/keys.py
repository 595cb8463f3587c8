"""What an application of aiohttp carries for all its handlers, by typed keys."""

from typing import Final

from aiohttp import web

from gateway.problems.instruments import RefusalCounter
from gateway.settings import GatewaySettings
from runtime.clock import Clock
from runtime.database.pool import Pool

SETTINGS: Final = web.AppKey("settings", GatewaySettings)
POOL: Final[web.AppKey[Pool]] = web.AppKey("pool")
"""Connections to the database that may write; each statement commits by itself."""
CLOCK: Final[web.AppKey[Clock]] = web.AppKey("clock")
REFUSALS: Final = web.AppKey("refusals", RefusalCounter)
"""Counts answers that are errors."""
