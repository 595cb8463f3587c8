"""The catalogue: every operation of the API, in the order in which it is described."""

from typing import Final

from gateway.api import (
    availability,
    counters,
    deeds,
    devices,
    incidents,
    letters,
    mutes,
    places,
    readings,
    windows,
)
from gateway.api.hooks import receiving
from gateway.api.operation import Operation

OPERATIONS: Final[tuple[Operation, ...]] = (
    *counters.OPERATIONS,
    *places.OPERATIONS,
    *devices.OPERATIONS,
    *readings.OPERATIONS,
    *incidents.OPERATIONS,
    *deeds.OPERATIONS,
    *mutes.OPERATIONS,
    *windows.OPERATIONS,
    *availability.OPERATIONS,
    *letters.OPERATIONS,
    *receiving.OPERATIONS,
)
"""What can be asked and done."""
