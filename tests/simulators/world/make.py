"""A small network whose every answer can be worked out by hand."""

from province.devices import Device, DeviceKind
from province.inventory import Inventory
from province.places import Commune, CommuneKind, Province, Village
from province.topology import Link, Node, NodeKind, Technology


def node(
    code: str, kind: NodeKind, *parents: str, power: str | None = None, operator: str = "vnpt"
) -> Node:
    return Node(
        code=code,
        kind=kind,
        name=code,
        parents=parents,
        power_node=power,
        operator=None if kind.supplies_power else operator,
    )


def probe(code: str, village: str, link: str, *, ups: bool = False) -> Device:
    return Device(
        code=code,
        kind=DeviceKind.LINK_PROBE,
        name=code,
        commune="22015",
        village=village,
        link=link,
        power_node="feeder",
        ups=ups,
        interval_seconds=30,
    )


def make_network() -> Inventory:
    """Two villages. Both have fibre on one card; the second has a site besides.

    core1, core2 - agg (both) - olt (battery) - card - splitter1, splitter2; agg - site - cell;
    substation - feeder feeds olt, site and all devices.
    """
    return Inventory(
        provinces=(Province(code="66", name="Đắk Lắk"),),
        communes=(
            Commune(
                code="22015",
                province="66",
                name="Thử",
                name_ascii="Thu",
                kind=CommuneKind.WARD,
                lat=13.0,
                lon=109.0,
                population=1000,
                area_km2=1.0,
            ),
        ),
        villages=(
            Village(code="v1", commune="22015", name="Thôn 1", households=100),
            Village(code="v2", commune="22015", name="Thôn 2", households=200),
        ),
        nodes=(
            node("substation", NodeKind.POWER_SUBSTATION),
            node("feeder", NodeKind.POWER_FEEDER, "substation"),
            node("core1", NodeKind.OPERATOR_CORE),
            node("core2", NodeKind.OPERATOR_CORE),
            node("agg", NodeKind.AGGREGATION, "core1", "core2"),
            node("olt", NodeKind.OLT, "agg", power="feeder"),
            node("card", NodeKind.CARD, "olt"),
            node("splitter1", NodeKind.SPLITTER, "card"),
            node("splitter2", NodeKind.SPLITTER, "card"),
            node("site", NodeKind.SITE, "agg", power="feeder"),
            node("cell", NodeKind.CELL, "site"),
        ),
        links=(
            Link(
                code="v1-ftth",
                village="v1",
                operator="vnpt",
                technology=Technology.FTTH,
                node="splitter1",
            ),
            Link(
                code="v2-ftth",
                village="v2",
                operator="vnpt",
                technology=Technology.FTTH,
                node="splitter2",
            ),
            Link(
                code="v2-4g",
                village="v2",
                operator="vnpt",
                technology=Technology.MOBILE_4G,
                node="cell",
            ),
        ),
        devices=(
            probe("v1-p1", "v1", "v1-ftth"),
            probe("v1-p2", "v1", "v1-ftth", ups=True),
            probe("v2-p1", "v2", "v2-ftth"),
            probe("v2-p2", "v2", "v2-4g", ups=True),
            Device(
                code="site-bs",
                kind=DeviceKind.BASE_STATION,
                name="base station",
                commune="22015",
                node="site",
                power_node="feeder",
                ups=True,
                interval_seconds=30,
            ),
        ),
    )
