"""The world: the true province while it runs. Parts of it fail and are mended; devices feel it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import Enum
from random import Random
from typing import Final

from province.devices import Device, DeviceKind
from province.topology import NodeKind
from simulators.measuring import Effect
from simulators.milliseconds import milliseconds
from simulators.scenarios.model import Conditions as Settings
from simulators.world.book import Book
from simulators.world.condition import Conditions
from simulators.world.effects import Effects
from simulators.world.schedule import Schedule
from simulators.world.topology import Failed, Standing, Topology
from simulators.world.unit import Unit

_SPREAD: Final = (0.8, 1.2)
"""No two batteries last equally long."""


class Part(Enum):
    """What can fail by itself; values are fields of `Failed`."""

    NODE = "nodes"
    LINK = "links"
    VILLAGE = "villages"
    MAINS = "mains"


class Batteries:
    """How long batteries last, in milliseconds.

    Args:
        settings: of the scenario.
        seed: of how they differ.
    """

    def __init__(self, settings: Settings, seed: str) -> None:
        self._of_kind = {
            NodeKind.OLT: milliseconds(settings.olt_battery),
            NodeKind.SITE: milliseconds(settings.site_battery),
        }
        self._ups = milliseconds(settings.ups)
        self._seed = seed

    def of_node(self, code: str, kind: NodeKind) -> int | None:
        """Return how long a node lasts; None where a generator takes over."""
        usual = self._of_kind.get(kind)
        return None if usual is None else self._spread(code, usual)

    def of_device(self, device: Device) -> int:
        """Return how long a device lasts; 0 if it has no battery."""
        if not device.ups:
            return 0
        if device.kind is DeviceKind.BASE_STATION and device.node:
            # It hangs on the batteries of its site.
            return self._spread(device.node, self._of_kind[NodeKind.SITE])
        return self._spread(device.code, self._ups)

    def _spread(self, code: str, usual: int) -> int:
        return round(usual * Random(f"{self._seed} battery {code}").uniform(*_SPREAD))


class World:
    """What stands, and whom it lets down when it does not.

    Args:
        topology: of the true inventory.
        units: every device, by code.
        batteries: how long they last.
        schedule: when things happen.
        book: the true condition of villages is written there.
    """

    def __init__(
        self,
        topology: Topology,
        units: Mapping[str, Unit],
        batteries: Batteries,
        schedule: Schedule,
        book: Book,
    ) -> None:
        self.topology = topology
        self.units = units
        self.effects = Effects()
        self._batteries = batteries
        self._schedule = schedule
        self._book = book
        self._conditions = Conditions(topology)
        self._counts: dict[Part, Counter[str]] = {part: Counter() for part in Part}
        self._empty: set[str] = set()
        self._mains_changes: Counter[str] = Counter()
        self._standing = topology.standing(Failed())
        self._unreached: set[str] = set()
        self._due = False
        self._fed: dict[str, list[Unit]] = defaultdict(list)
        for unit in units.values():
            if unit.device.device.power_node:
                self._fed[unit.device.device.power_node].append(unit)

    def fail(self, at: int, part: Part, codes: Iterable[str]) -> None:
        """Have these parts fail, once more each."""
        self._counts[part].update(codes)
        self._look_soon(at)

    def mend(self, at: int, part: Part, codes: Iterable[str]) -> None:
        """Have these parts fail once less each; those that do not at all any more, work."""
        counter = self._counts[part]
        counter.subtract(codes)
        self._counts[part] = +counter
        self._look_soon(at)

    def affect(self, at: int, fault: str, codes: Iterable[str], effect: Effect | None) -> None:
        """Have a fault slow links or base stations down; None has it no longer do so."""
        codes = frozenset(codes)
        if effect is None:
            self.effects.take_away(fault, codes)
        else:
            self.effects.put(fault, codes, effect)
        for unit in self.units.values():
            device = unit.device.device
            place = device.link or device.node
            if place in codes:
                unit.device.measurer.effect = self.effects.on(place)
        self._look_soon(at)

    def _look_soon(self, at: int) -> None:
        # Once for all that changes at one time: what fails in the moment in which something
        # else is mended must not seem to work in between.
        if not self._due:
            self._due = True
            self._schedule.plan(at, self._look)

    def _look(self, at: int, _: object) -> None:
        self._due = False
        before, self._standing = self._standing, self.topology.standing(self._failed())
        self._feel_mains(at, before)
        self._feel_paths(at)
        self._book.note(at, self._conditions.all(self._standing, self._failed(), self.effects))

    def _failed(self) -> Failed:
        counts = {part.value: frozenset(counter) for part, counter in self._counts.items()}
        return Failed(**counts, batteries=frozenset(self._empty))

    def _feel_mains(self, at: int, before: Standing) -> None:
        gone, back = before.mains - self._standing.mains, self._standing.mains - before.mains
        for node in self.topology.fed_by(gone):
            lasts = self._batteries.of_node(node.code, node.kind)
            if lasts is not None:
                change = self._mains_changes[node.code]
                self._schedule.plan(at + lasts, self._empty_battery, (node.code, change))
        for code in sorted(gone):
            for unit in self._fed[code]:
                unit.lose_mains(at)
        refilled = {node.code for node in self.topology.fed_by(back)}
        self._mains_changes.update(refilled)
        if refilled & self._empty:
            self._empty -= refilled
            self._standing = self.topology.standing(self._failed())
        for code in sorted(back):
            for unit in self._fed[code]:
                unit.regain_mains(at)

    def _empty_battery(self, at: int, battery: tuple[str, int]) -> None:
        code, change = battery
        if self._mains_changes[code] == change:
            self._empty.add(code)
            self._look_soon(at)

    def _feel_paths(self, at: int) -> None:
        failed = self._failed()
        for code, unit in self.units.items():
            reached = self.topology.reaches(unit.device.device, self._standing, failed)
            if reached and code in self._unreached:
                self._unreached.remove(code)
                unit.unblock(at)
            elif not reached and code not in self._unreached:
                self._unreached.add(code)
                unit.block(at)
