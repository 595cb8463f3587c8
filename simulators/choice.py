"""Which devices of an inventory a run simulates."""

from random import Random

from province.devices import Device
from province.inventory import Inventory


def choose_devices(inventory: Inventory, count: int, seed: int) -> tuple[Device, ...]:
    """Return devices of the inventory, whole villages together, the villages at random.

    A village that is half simulated looks half dark, so at most one is cut.

    Args:
        inventory: from which to choose.
        count: how many; if there are fewer, all of them.
        seed: the same seed gives the same choice.
    """
    groups: dict[str, list[Device]] = {}
    for device in inventory.devices:
        groups.setdefault(device.village or device.code, []).append(device)
    order = list(groups.values())
    Random(f"{seed} choice").shuffle(order)
    return tuple(device for group in order for device in group)[:count]
