"""A province: all of its parts put together, as it is and as it is said to be."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from random import Random

from province.dak_lak import DAK_LAK, load_communes
from province.devices import Device
from province.inventory import Inventory
from province.places import Commune, Village
from province.topology import Link
from simulators.generate.backbone import CORES, OPERATORS
from simulators.generate.devices import (
    canaries,
    choose_with_sensor,
    commune_sensors,
    site_devices,
    village_devices,
)
from simulators.generate.excerpt import choose_communes
from simulators.generate.networks import Network, build_networks
from simulators.generate.power import PowerGrid, build_power_grid
from simulators.generate.villages import count_villages, place_villages
from simulators.generate.wrong_edges import make_wrong_edges


@dataclass(frozen=True, slots=True)
class Province:
    """A province to simulate.

    Attributes:
        true: how it really hangs together; what is simulated.
        published: what its watchers are told; with no wrong edges it is `true` itself.
    """

    true: Inventory
    published: Inventory


@dataclass(frozen=True, slots=True)
class _Places:
    """Where things are to stand.

    Attributes:
        communes: those that are simulated.
        homes: those where operators and we have our own sites.
        counts: how many villages each of the former has, by its code.
        sensors: share of the city sensors that a commune can have.
    """

    communes: Sequence[Commune]
    homes: Sequence[Commune]
    counts: Mapping[str, int]
    sensors: float = 1.0


def generate_province(
    seed: int,
    scale: float = 1.0,
    communes: Sequence[Commune] | None = None,
    wrong_edges: float = 0.0,
) -> Province:
    """Return a province; the same arguments give the same one.

    Args:
        seed: of everything that is invented.
        scale: 1 gives the whole province 2,500 villages and some 7,900 devices. Below, it has
            fewer communes, each as large as ever; but given ones have fewer villages.
        communes: of the province of Dak Lak; chosen from all 102 by default.
        wrong_edges: share of the published edges that lead to the wrong neighbour, 0 to 1.

    Raises:
        ValueError: the share of wrong edges is not from 0 to 1.
    """
    true = generate_inventory(seed, scale, communes)
    return Province(true, make_wrong_edges(true, wrong_edges, seed))


def generate_inventory(
    seed: int, scale: float = 1.0, communes: Sequence[Commune] | None = None
) -> Inventory:
    """Return the true inventory of the province that `generate_province` gives."""
    places = _whole_or_less(scale, seed) if communes is None else _given(communes, scale)
    villages = place_villages(places.communes, places.counts, seed)
    power = build_power_grid(places.communes, villages)
    network = build_networks(places.communes, places.homes, villages, power, seed)
    listed = {commune.code: commune for commune in (*places.communes, *places.homes)}
    return Inventory(
        provinces=(DAK_LAK,),
        operators=OPERATORS,
        communes=tuple(listed[code] for code in sorted(listed)),
        villages=tuple(chain.from_iterable(villages.values())),
        nodes=(*power.nodes, *network.nodes),
        links=tuple(network.links),
        devices=tuple(_devices(places, villages, power, network, seed)),
    )


def _whole_or_less(scale: float, seed: int) -> _Places:
    communes = load_communes()
    homes = _largest(communes)
    if scale >= 1:
        return _Places(communes, homes, count_villages(communes, scale))
    counts = count_villages(communes, 1.0)
    return _Places(choose_communes(communes, counts, scale, seed), homes, counts)


def _given(communes: Sequence[Commune], scale: float) -> _Places:
    return _Places(communes, _largest(communes), count_villages(communes, scale), min(scale, 1.0))


def _largest(communes: Sequence[Commune]) -> Sequence[Commune]:
    return sorted(communes, key=lambda commune: -commune.population)[:CORES]


def _devices(
    places: _Places,
    villages: Mapping[str, Sequence[Village]],
    power: PowerGrid,
    network: Network,
    seed: int,
) -> Iterator[Device]:
    links = _by_village(network.links)
    for commune in places.communes:
        random = Random(f"{seed} devices {commune.code}")
        with_sensor = choose_with_sensor(villages[commune.code], random)
        for village in villages[commune.code]:
            yield from village_devices(
                village,
                links[village.code],
                power,
                random,
                has_sensor=village.code in with_sensor,
            )
        yield from commune_sensors(commune, power, places.sensors, random)
    yield from site_devices(network.nodes)
    yield from canaries(places.homes[0], OPERATORS)


def _by_village(links: Sequence[Link]) -> Mapping[str, Sequence[Link]]:
    by_village = defaultdict(list)
    for link in links:
        by_village[link.village].append(link)
    return by_village
