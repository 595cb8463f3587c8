"""Devices: probes on links, base stations, sensors in villages and towns, canaries."""

import math
from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from province.devices import Device, DeviceKind
from province.operators import Operator
from province.places import Commune, CommuneKind, Village
from province.topology import Link, Node, NodeKind
from simulators.generate.power import PowerGrid

_LINK_INTERVAL_SECONDS: Final = 30.0
_SENSOR_INTERVAL_SECONDS: Final = 60.0
_CANARY_INTERVAL_SECONDS: Final = 10.0
_WITH_UPS: Final = 0.4
_WITH_SENSOR: Final = 0.5
_FIRST_PROBES: Final = 2
"""Every village has so many: one alone cannot tell its own death from its link's."""
_MOST_DEVICES: Final = 4
_PROBED_BESIDE_SENSOR: Final = 0.7
_PROBED_OTHERWISE: Final = 0.25
"""Share of further links that have a probe, in villages with and without a sensor."""
_VILLAGE_VARIETIES: Final = {"weather": 35, "rain": 30, "water": 15, "light": 10, "energy": 10}
_COMMUNE_VARIETIES: Final = {
    CommuneKind.WARD: (
        *("air", "traffic", "noise", "light", "energy"),
        *("weather", "rain", "water"),
    ),
    CommuneKind.COMMUNE: ("weather", "water"),
}


def choose_with_sensor(villages: Sequence[Village], random: Random) -> frozenset[str]:
    """Return the codes of half of a commune's villages: those that have a sensor."""
    # Chance decides about the odd village, or small communes would all be rounded one way.
    count = math.floor(len(villages) * _WITH_SENSOR + random.random())
    return frozenset(random.sample([village.code for village in villages], count))


def village_devices(
    village: Village,
    links: Sequence[Link],
    power: PowerGrid,
    random: Random,
    *,
    has_sensor: bool,
) -> Iterator[Device]:
    """Yield two to four devices of a village: probes on its links, and a sensor if it has one."""
    feeder = power.feeder_of_village[village.code]
    for number, link in enumerate(_probed(links, random, has_sensor=has_sensor), 1):
        yield Device(
            code=f"{village.code}-p{number}",
            kind=DeviceKind.LINK_PROBE,
            name=f"{village.name}: {link.operator} {link.technology.value}",
            commune=village.commune,
            village=village.code,
            link=link.code,
            node=link.node,
            power_node=feeder,
            ups=random.random() < _WITH_UPS,
            interval_seconds=_LINK_INTERVAL_SECONDS,
            lat=village.lat,
            lon=village.lon,
        )
    if has_sensor:
        variety = random.choices(list(_VILLAGE_VARIETIES), list(_VILLAGE_VARIETIES.values()))[0]
        yield Device(
            code=f"{village.code}-{variety}",
            kind=DeviceKind.SENSOR,
            name=f"{village.name}: {variety}",
            commune=village.commune,
            village=village.code,
            link=links[0].code,
            power_node=feeder,
            interval_seconds=_SENSOR_INTERVAL_SECONDS,
            lat=village.lat,
            lon=village.lon,
        )


def _probed(links: Sequence[Link], random: Random, *, has_sensor: bool) -> Sequence[Link]:
    """Return the links with a probe: the two most used, and some of the others."""
    chance = _PROBED_BESIDE_SENSOR if has_sensor else _PROBED_OTHERWISE
    others = [link for link in links[_FIRST_PROBES:] if random.random() < chance]
    return [*links[:_FIRST_PROBES], *others][: _MOST_DEVICES - has_sensor]


def site_devices(nodes: Sequence[Node]) -> Iterator[Device]:
    """Yield the base station of each mobile site; its batteries outlast a short failure."""
    for node in nodes:
        if node.kind is NodeKind.SITE and node.commune is not None:
            yield Device(
                code=f"{node.code}-bs",
                kind=DeviceKind.BASE_STATION,
                name=f"base station {node.code}",
                commune=node.commune,
                node=node.code,
                power_node=node.power_node,
                ups=True,
                interval_seconds=_LINK_INTERVAL_SECONDS,
                lat=node.lat,
                lon=node.lon,
            )


def commune_sensors(
    commune: Commune, power: PowerGrid, share: float, random: Random
) -> Iterator[Device]:
    """Yield that share of the city sensors that a commune can have."""
    for variety in _COMMUNE_VARIETIES[commune.kind]:
        if random.random() < share:
            yield Device(
                code=f"{commune.code}-{variety}",
                kind=DeviceKind.SENSOR,
                name=f"{commune.name}: {variety}",
                commune=commune.code,
                power_node=power.feeder_of_commune[commune.code],
                ups=True,
                interval_seconds=_SENSOR_INTERVAL_SECONDS,
                lat=commune.lat,
                lon=commune.lon,
            )


def canaries(home: Commune, operators: Sequence[Operator]) -> Iterator[Device]:
    """Yield one canary beside the broker and one at each operator's first core."""
    places = {"inside": None} | {operator.code: f"{operator.code}-core1" for operator in operators}
    for place, node in places.items():
        yield Device(
            code=f"canary-{place}",
            kind=DeviceKind.CANARY,
            name=f"Canary {place}",
            commune=home.code,
            node=node,
            ups=True,
            interval_seconds=_CANARY_INTERVAL_SECONDS,
        )
