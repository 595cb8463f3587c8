"""Parts of a province: what each code stands for, whose it is, and where."""

from collections.abc import Iterator

from province.devices import DeviceKind
from simulators.generate.excerpt import is_east
from simulators.scenarios.target import TargetKind
from simulators.world.topology import Topology


class Parts:
    """The nodes, links, villages and devices of a topology, by code.

    Args:
        topology: the true one.
    """

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._east = {commune.code for commune in topology.inventory.communes if is_east(commune)}

    def of_kind(self, kind: TargetKind) -> Iterator[str]:
        """Yield the codes of everything of a kind, in order; canaries are no devices here."""
        topology = self._topology
        match kind:
            case "village":
                yield from sorted(topology.villages)
            case "link":
                yield from sorted(topology.links)
            case "device":
                for code in sorted(topology.devices):
                    if topology.devices[code].kind is not DeviceKind.CANARY:
                        yield code
            case "sensor":
                for code in sorted(topology.devices):
                    if topology.devices[code].kind is DeviceKind.SENSOR:
                        yield code
            case _:
                yield from sorted(
                    code for code, node in topology.nodes.items() if node.kind is kind
                )

    def kinds(self, code: str) -> frozenset[str]:
        """Return the kinds that something is of; none if there is no such code."""
        topology = self._topology
        if code in topology.nodes:
            return frozenset({topology.nodes[code].kind.value})
        if code in topology.links:
            return frozenset({"link"})
        if code in topology.villages:
            return frozenset({"village"})
        if code not in topology.devices:
            return frozenset()
        sensor = topology.devices[code].kind is DeviceKind.SENSOR
        return frozenset({"device", "sensor"} if sensor else {"device"})

    def operator(self, code: str) -> str | None:
        """Return the operator of a node, a link, or a device's way to the world."""
        topology = self._topology
        if code in topology.nodes:
            return topology.nodes[code].operator
        if code in topology.links:
            return topology.links[code].operator
        device = topology.devices[code]
        way = device.link or device.node
        return None if way is None else self.operator(way)

    def technology(self, code: str) -> str | None:
        """Return the technology of a link, of the links of a cell, or of a device's link."""
        topology = self._topology
        if code in topology.nodes:
            links = topology.links_of_node.get(code, ())
            return links[0].technology if links else None
        link = topology.devices[code].link if code in topology.devices else code
        return None if link is None else topology.links[link].technology

    def commune(self, code: str) -> str | None:
        """Return the commune in which something is."""
        topology = self._topology
        if code in topology.nodes:
            return topology.nodes[code].commune
        if code in topology.devices:
            return topology.devices[code].commune
        village = topology.links[code].village if code in topology.links else code
        return topology.villages[village].commune

    def in_the_east(self, code: str) -> bool:
        """Whether something is in a commune of the former Phu Yen."""
        return self.commune(code) in self._east

    def protected(self, code: str) -> bool:
        """Whether a node has several parents, and stands while one of them does."""
        return len(self._topology.nodes[code].parents) > 1

    def count_devices(self, code: str) -> int:
        """Return how many devices a link has, or how many link probes a village."""
        if code in self._topology.links:
            return len(self._topology.devices_of_link.get(code, ()))
        devices = self._topology.devices_of_village.get(code, ())
        return sum(device.kind is DeviceKind.LINK_PROBE for device in devices)
