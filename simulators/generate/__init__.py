"""An inventory for Dak Lak: real communes, invented villages, networks and devices.

No public list of the province's villages or of its operators' networks exists; what is
invented is marked as synthetic, and its shape is that of the real thing: villages in
proportion to people, three operators, passive optical networks and mobile sites, mains.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from random import Random

from province.dak_lak import DAK_LAK, load_communes
from province.devices import Device
from province.inventory import Inventory
from province.places import Commune, Village
from province.topology import Link
from simulators.generate.devices import canaries, commune_sensors, site_devices, village_devices
from simulators.generate.networks import OPERATORS, Network, build_networks
from simulators.generate.power import PowerGrid, build_power_grid
from simulators.generate.villages import place_villages

__all__ = ["generate_inventory"]


def generate_inventory(
    seed: int, scale: float = 1.0, communes: Sequence[Commune] | None = None
) -> Inventory:
    """Return an inventory; the same arguments give the same inventory.

    Args:
        seed: of everything that is invented.
        scale: 1 gives the whole province 2,500 villages and some 8,000 devices.
        communes: of the province of Dak Lak; all 102 by default.
    """
    communes = load_communes() if communes is None else communes
    villages = place_villages(communes, scale, seed)
    power = build_power_grid(communes, villages)
    network = build_networks(communes, villages, power, seed)
    all_villages = tuple(chain.from_iterable(villages.values()))
    return Inventory(
        provinces=(DAK_LAK,),
        operators=OPERATORS,
        communes=tuple(communes),
        villages=all_villages,
        nodes=(*power.nodes, *network.nodes),
        links=tuple(network.links),
        devices=tuple(_devices(communes, all_villages, power, network, scale, seed)),
    )


def _devices(
    communes: Sequence[Commune],
    villages: Sequence[Village],
    power: PowerGrid,
    network: Network,
    scale: float,
    seed: int,
) -> Iterator[Device]:
    links = _by_village(network.links)
    for village in villages:
        random = Random(f"{seed} devices {village.code}")
        yield from village_devices(village, links[village.code], power, random)
    yield from site_devices(network.nodes)
    for commune in communes:
        random = Random(f"{seed} sensors {commune.code}")
        yield from commune_sensors(commune, power, scale, random)
    yield from canaries(max(communes, key=lambda commune: commune.population), OPERATORS)


def _by_village(links: Sequence[Link]) -> Mapping[str, Sequence[Link]]:
    by_village = defaultdict(list)
    for link in links:
        by_village[link.village].append(link)
    return by_village
