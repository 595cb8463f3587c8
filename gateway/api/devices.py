"""Devices, and the newest that is known of each."""

from typing import Any, Final

from gateway.api.known import check_known
from gateway.api.listing import Listing, listed
from gateway.api.models.devices import Device, DevicePage, DeviceQuestion
from gateway.api.operation import Asked, NoQuestion, Operation
from gateway.api.places import by_code
from gateway.api.queries import reading, select
from gateway.problems.problem import not_found


async def _devices(asked: Asked[DeviceQuestion, None]) -> Listing[Device]:
    query = asked.query
    async with reading(asked.pool) as connection:
        await check_known(connection, asked, "commune", query.commune)
        await check_known(connection, asked, "village", query.village)
    values = {
        "device": None,
        "commune": query.commune,
        "village": query.village,
        "kind": query.kind,
    }
    return by_code(asked, Device, DevicePage, "list_devices", values)


async def _device(asked: Asked[NoQuestion, None]) -> Device:
    device = asked.path["device"]
    values: dict[str, Any] = {"scope": asked.scope, "device": device, "limit": 1}
    values |= dict.fromkeys(("commune", "village", "kind", "after"))
    async with reading(asked.pool) as connection:
        found = await select(connection, Device, "list_devices", values)
    if not found:
        raise not_found(f"device {device}")
    return found[0]


OPERATIONS: Final = (
    Operation(
        name="listDevices",
        method="GET",
        path="/api/v1/devices",
        tag="devices",
        summary="Devices and the newest that is known of each",
        query=DeviceQuestion,
        answer=DevicePage,
        sheet=True,
        run=listed("devices", _devices),
    ),
    Operation(
        name="getDevice",
        method="GET",
        path="/api/v1/devices/{device}",
        tag="devices",
        summary="One device and the newest that is known of it",
        answer=Device,
        run=_device,
    ),
)
"""What can be asked about devices."""
