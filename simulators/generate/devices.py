"""Devices: probes on links, base stations, sensors in villages and towns, canaries."""

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
_VILLAGE_VARIETIES: Final = {"weather": 40, "rain": 30, "water": 20, "light": 10}
_COMMUNE_VARIETIES: Final = {
    CommuneKind.WARD: ("air", "traffic", "noise", "light", "rain"),
    CommuneKind.COMMUNE: ("weather", "water"),
}


def village_devices(
    village: Village, links: Sequence[Link], power: PowerGrid, random: Random
) -> Iterator[Device]:
    """Yield a probe for each link of a village and, in half of them, a sensor."""
    feeder = power.feeder_of_village[village.code]
    for number, link in enumerate(links, 1):
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
    if random.random() < _WITH_SENSOR:
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
    commune: Commune, power: PowerGrid, scale: float, random: Random
) -> Iterator[Device]:
    """Yield the city sensors of a commune; below scale 1, that share of them."""
    for variety in _COMMUNE_VARIETIES[commune.kind]:
        if random.random() < scale:
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
