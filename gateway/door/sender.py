"""The sender of an upload: a device by its own key, that the inventory knows and that may send."""

import math
from typing import Final

from aiohttp import web

from gateway import keys
from gateway.access.identity import identity_of
from gateway.door import keys as door_keys
from gateway.door.registry import KnownDevice
from gateway.problems.kinds import FORBIDDEN, TOO_MANY
from gateway.problems.problem import Problem, unavailable

_NO_INVENTORY: Final = "there is no inventory yet"


async def sender_of(request: web.Request) -> KnownDevice:
    """Return the device that sends an upload, having counted it against the device's rate.

    Raises:
        UnauthenticatedError: nobody in particular.
        Problem: no device, or one that is not in the inventory, or too often.
    """
    identity = identity_of(request)
    if identity.device is None:
        raise Problem(FORBIDDEN, "uploads take a device's own key, as user name and password")
    registry = request.app[door_keys.REGISTRY]
    device = registry.device(identity.device)
    if device is None:
        await registry.look_for_strangers()
        device = registry.device(identity.device)
    if device is None:
        if not registry.loaded.is_set():
            raise unavailable(_NO_INVENTORY)
        raise Problem(FORBIDDEN, f"device {identity.device!r} is not in the inventory")
    _spend(request, device)
    return device


def _spend(request: web.Request, device: KnownDevice) -> None:
    wait = request.app[door_keys.RATES].take(device.code, request.app[keys.CLOCK].now())
    if wait:
        seconds = max(1, math.ceil(wait.total_seconds()))
        raise Problem(
            TOO_MANY,
            f"device {device.code!r} uploads too often: again in {seconds} s",
            headers={"Retry-After": str(seconds)},
        )
