"""Impact: what a fault would do if it were the only one, from which the truth log is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from province.devices import DeviceKind
from simulators.world.condition import Conditions
from simulators.world.topology import Failed, Standing, Topology
from simulators.world.world import Batteries, Part


@dataclass(frozen=True, slots=True)
class Impact:
    """What is impaired at any time of a fault, by code.

    Attributes:
        villages: not served.
        links: down.
        devices: silenced.
    """

    villages: frozenset[str]
    links: frozenset[str]
    devices: frozenset[str]


class Impacts:
    """Computes impacts.

    Args:
        topology: of the true inventory.
        batteries: how long they last.
    """

    def __init__(self, topology: Topology, batteries: Batteries) -> None:
        self._topology = topology
        self._batteries = batteries
        self._conditions = Conditions(topology)
        self._sound = topology.standing(Failed())

    def part_of(self, code: str) -> tuple[Part, tuple[str, ...]]:
        """Return what fails when the object of this code does; a commune is its villages.

        Raises:
            KeyError: nothing that can fail has this code.
        """
        topology = self._topology
        if code in topology.nodes:
            power = topology.nodes[code].kind.supplies_power
            return (Part.MAINS if power else Part.NODE), (code,)
        if code in topology.links:
            return Part.LINK, (code,)
        if code in topology.villages:
            return Part.VILLAGE, (code,)
        villages = topology.inventory.villages
        found = tuple(village.code for village in villages if village.commune == code)
        if not found:
            raise KeyError(code)
        return Part.VILLAGE, found

    def of(self, codes: Sequence[str], lasts: int) -> Impact:
        """Return the impact of some objects' failing together for `lasts` milliseconds."""
        failing: dict[str, set[str]] = {part.value: set() for part in Part}
        for code in codes:
            part, parts = self.part_of(code)
            failing[part.value].update(parts)
        stages = [Failed(**failing)]
        if stages[0].mains:
            stages.append(self._batteries_empty(stages[0], lasts))
        villages: set[str] = set()
        links: set[str] = set()
        devices: set[str] = set()
        for failed in stages:
            standing = self._topology.standing(failed)
            villages |= self._conditions.all(standing, failed).keys()
            links |= self._sound.links - standing.links
            devices |= set(self._silenced(standing, failed, lasts))
        return Impact(frozenset(villages), frozenset(links), frozenset(devices))

    def links_below(self, code: str) -> frozenset[str]:
        """Return the links that an object's being slow slows down."""
        part, codes = self.part_of(code)
        if part is Part.LINK:
            return frozenset(codes)
        if part is Part.VILLAGE:
            return frozenset(
                link.code for village in codes for link in self._topology.links_of_village[village]
            )
        return frozenset(
            link.code
            for node in self._topology.below(code)
            for link in self._topology.links_of_node.get(node, ())
        )

    def villages_of(self, links: Iterable[str]) -> frozenset[str]:
        """Return the villages that these links serve."""
        return frozenset(self._topology.links[link].village for link in links)

    def same_as(self, code: str) -> tuple[str, ...]:
        """Return what no watcher can tell from this object, for it silences the same devices.

        Upwards to a parent that has nothing else below it, downwards to an only child, and on to
        an only link and to the village that has no other.
        """
        topology = self._topology
        start = code
        if code in topology.villages:
            links = topology.links_of_village[code]
            start = links[0].code if len(links) == 1 else ""
        if start in topology.links:
            node = topology.links[start].node
            alone = len(topology.links_of_node[node]) == 1 and not self._attached(node)
            found = self._chain(node) if alone else (start, *self._only_village(start))
        elif start in topology.nodes:
            found = self._chain(start)
        else:
            found = ()
        return tuple(other for other in found if other != code)

    def _chain(self, code: str) -> tuple[str, ...]:
        """Return the nodes, the link and the village that stand and fall as one with a node."""
        nodes = [*self._upwards(code), code, *self._downwards(code)]
        last = nodes[-1]
        links = self._topology.links_of_node.get(last, ())
        if len(links) != 1 or self._topology.children.get(last) or self._attached(last):
            return tuple(nodes)
        return (*nodes, links[0].code, *self._only_village(links[0].code))

    def _only_village(self, link: str) -> tuple[str, ...]:
        village = self._topology.links[link].village
        return (village,) if len(self._topology.links_of_village[village]) == 1 else ()

    def _upwards(self, code: str) -> Iterator[str]:
        parents = self._topology.nodes[code].parents
        while len(parents) == 1:
            (parent,) = parents
            links = self._topology.links_of_node.get(parent)
            if links or len(self._topology.children[parent]) > 1 or self._attached(parent):
                return
            yield parent
            parents = self._topology.nodes[parent].parents

    def _downwards(self, code: str) -> Iterator[str]:
        while not self._topology.links_of_node.get(code) and not self._attached(code):
            children = self._topology.children.get(code, ())
            if len(children) != 1 or len(self._topology.nodes[children[0]].parents) != 1:
                return
            code = children[0]
            yield code

    def _attached(self, node: str) -> bool:
        """Whether a device reports for the node itself, and not for a link of it."""
        return node in self._topology.nodes_with_devices

    def _batteries_empty(self, failed: Failed, lasts: int) -> Failed:
        standing = self._topology.standing(failed)
        off = self._sound.mains - standing.mains
        empty = set()
        for node in self._topology.fed_by(off):
            battery = self._batteries.of_node(node.code, node.kind)
            if battery is not None and battery < lasts:
                empty.add(node.code)
        return replace(failed, batteries=frozenset(empty))

    def _silenced(self, standing: Standing, failed: Failed, lasts: int) -> Iterator[str]:
        for device in self._topology.devices.values():
            if device.kind is DeviceKind.CANARY and device.node is None:
                continue
            unfed = not standing.fed(device.power_node)
            empty = unfed and self._batteries.of_device(device) < lasts
            if empty or not self._topology.reaches(device, standing, failed):
                yield device.code
