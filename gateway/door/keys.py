"""What the door's handlers need besides, by typed keys of the application."""

from typing import Final

from aiohttp import web

from gateway.door.foreign import Foreign
from gateway.door.instruments import Instruments
from gateway.door.publisher import Publisher
from gateway.door.rates import Rates
from gateway.door.registry import Registry

PUBLISHER: Final = web.AppKey("publisher", Publisher)
"""Publishes into Srepok's own topics, and returns once the broker has it."""
REGISTRY: Final = web.AppKey("registry", Registry)
"""The inventory as the gateway needs it: who may send, and as whom."""
RATES: Final = web.AppKey("rates", Rates)
"""What each device may still upload."""
INSTRUMENTS: Final = web.AppKey("instruments", Instruments)
FOREIGN: Final = web.AppKey("foreign", Foreign)
"""Takes what other systems send."""
