"""Which part of an inventory a run simulates."""

from collections.abc import Iterable
from dataclasses import replace
from random import Random

from province.devices import Device
from province.inventory import Inventory
from province.topology import Node


def choose_devices(inventory: Inventory, count: int, seed: int) -> tuple[Device, ...]:
    """Return devices of the inventory: whole communes, and in them whole villages, at random.

    What is half simulated looks half dark, so at most one village is cut, and few of the things
    that serve several villages are.

    Args:
        inventory: from which to choose.
        count: how many; if there are fewer, all of them.
        seed: the same seed gives the same choice.
    """
    communes: dict[str, dict[str, list[Device]]] = {}
    for device in inventory.devices:
        villages = communes.setdefault(device.commune, {})
        villages.setdefault(device.village or device.code, []).append(device)
    order = list(communes.values())
    Random(f"{seed} choice").shuffle(order)
    return tuple(device for villages in order for group in villages.values() for device in group)[
        :count
    ]


def choose_part(inventory: Inventory, count: int, seed: int) -> Inventory:
    """Return the part of an inventory that `choose_devices` chooses devices of.

    Villages without a chosen device are left out, with their links, and so is every node on which
    nothing that is left depends: a fault that looks for something to break finds what is there.
    """
    devices = choose_devices(inventory, count, seed)
    if len(devices) == len(inventory.devices):
        return inventory
    codes = {device.village for device in devices}
    villages = tuple(village for village in inventory.villages if village.code in codes)
    links = tuple(link for link in inventory.links if link.village in codes)
    used = {link.node for link in links}
    for device in devices:
        used.update(code for code in (device.node, device.power_node) if code)
    nodes = _with_upstream(inventory.nodes, used)
    return replace(inventory, villages=villages, nodes=nodes, links=links, devices=devices)


def _with_upstream(nodes: Iterable[Node], used: set[str]) -> tuple[Node, ...]:
    """Return the nodes that are used, and those that they depend on."""
    of = {node.code: node for node in nodes}
    found: set[str] = set()
    waiting = list(used)
    while waiting:
        code = waiting.pop()
        if code not in found:
            found.add(code)
            power = of[code].power_node
            waiting += (*of[code].parents, *((power,) if power else ()))
    return tuple(node for node in of.values() if node.code in found)
