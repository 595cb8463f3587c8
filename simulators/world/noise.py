"""Everyday noise: devices that stall, crash or are unplugged, each by itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from simulators.milliseconds import DAY, MINUTE, SECOND
from simulators.scenarios.model import Conditions, Scenario
from simulators.scenarios.model import Noise as NoiseFault
from simulators.world.schedule import Schedule
from simulators.world.topology import Topology
from simulators.world.unit import Unit

_TOGETHER: Final = 0.7
"""Share of neighbours that stall with a device, in a stall that is not its alone."""
_APART: Final = 3 * SECOND
"""Within which they do."""
_STALL_INTERVALS: Final = (2.0, 4.5)
_SILENCE_LEAST: Final = 3 * MINUTE
_SILENCE_MORE: Final = 15 * MINUTE
"""On average, beside the least; exponentially distributed."""


@dataclass(frozen=True, slots=True)
class Rates:
    """How noisy a day is.

    Attributes:
        missed: share of reports that get lost.
        stalls: of a device and day.
        silences: of a device and day.
    """

    missed: float
    stalls: float
    silences: float

    def times(self, factors: "Rates") -> "Rates":
        """Return these rates, each multiplied by a factor."""
        return Rates(
            min(1.0, self.missed * factors.missed),
            self.stalls * factors.stalls,
            self.silences * factors.silences,
        )


@dataclass(slots=True)
class Noise:
    """Disturbs units, one by one, at rates that may change.

    Stalls and silences are drawn at the greatest rates of the run, and left out in proportion
    while the rates are lower: so a change of rates shifts nothing that is drawn already.

    Attributes:
        units: whom it disturbs.
        usual: the rates of an ordinary day.
        greatest: rates that are never passed.
        schedule: where disturbances are planned.
        seed: of all that is drawn.
        together: share of stalls that neighbours take part in.
        neighbours: those of each unit that has any, by code.
    """

    units: Sequence[Unit]
    usual: Rates
    greatest: Rates
    schedule: Schedule
    seed: str
    together: float = 0.0
    neighbours: Mapping[str, Sequence[Unit]] = field(default_factory=dict)
    _factors: list[Rates] = field(default_factory=list)
    _now: Rates = field(init=False)

    def start(self, at: int) -> None:
        """Begin to disturb."""
        self._apply()
        for unit in self.units:
            random = Random(f"{self.seed} noise {unit.code}")
            self._plan_stall(at, unit, random)
            self._plan_silence(at, unit, random)

    def push(self, factors: Rates) -> None:
        """Have the rates multiplied by these factors."""
        self._factors.append(factors)
        self._apply()

    def pop(self, factors: Rates) -> None:
        """Have them multiplied no longer."""
        self._factors.remove(factors)
        self._apply()

    def _apply(self) -> None:
        rates = self.usual
        for factors in self._factors:
            rates = rates.times(factors)
        self._now = rates
        for unit in self.units:
            unit.missed = rates.missed

    def _plan_stall(self, at: int, unit: Unit, random: Random) -> None:
        if self.greatest.stalls:
            due = at + round(random.expovariate(self.greatest.stalls / DAY))
            self.schedule.plan(due, self._stall, (unit, random))

    def _plan_silence(self, at: int, unit: Unit, random: Random) -> None:
        if self.greatest.silences:
            due = at + round(random.expovariate(self.greatest.silences / DAY))
            self.schedule.plan(due, self._silence, (unit, random))

    def _stall(self, at: int, disturbed: tuple[Unit, Random]) -> None:
        unit, random = disturbed
        lasts = round(random.uniform(*_STALL_INTERVALS) * unit.interval)
        if random.random() * self.greatest.stalls < self._now.stalls:
            unit.block(at)
            self.schedule.plan(at + lasts, unit.unblock)
            if self.together and random.random() < self.together:
                self._stall_neighbours(at, lasts, unit, random)
        self._plan_stall(at + lasts, unit, random)

    def _stall_neighbours(self, at: int, lasts: int, unit: Unit, random: Random) -> None:
        for neighbour in self.neighbours.get(unit.code, ()):
            if random.random() < _TOGETHER:
                begin = at + round(random.random() * _APART)
                self.schedule.plan(begin, neighbour.block)
                self.schedule.plan(begin + lasts, neighbour.unblock)

    def _silence(self, at: int, disturbed: tuple[Unit, Random]) -> None:
        unit, random = disturbed
        lasts = _SILENCE_LEAST + round(random.expovariate(1 / _SILENCE_MORE))
        happens = random.random() * self.greatest.silences < self._now.silences
        unplugged = random.random() < 0.5  # noqa: PLR2004 - half of them hang, half lose power
        if happens and unplugged:
            unit.unplug(at)
            self.schedule.plan(at + lasts, unit.plug)
        elif happens:
            unit.crash(at, lasts)
        self._plan_silence(at + lasts, unit, random)


def neighbourhoods(units: Iterable[Unit], topology: Topology) -> Mapping[str, Sequence[Unit]]:
    """Return the units that hang on the same last node of the network as each does."""
    on: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        node = _last_node(unit, topology)
        if node is not None:
            on[node].append(unit)
    return {
        unit.code: [other for other in together if other is not unit]
        for together in on.values()
        for unit in together
    }


def _last_node(unit: Unit, topology: Topology) -> str | None:
    device = topology.devices[unit.code]
    return topology.links[device.link].node if device.link else device.node


def usual(conditions: Conditions) -> Rates:
    """Return the rates of an ordinary day."""
    return Rates(conditions.missed, conditions.stalls, conditions.silences)


def greatest(rates: Rates, scenario: Scenario) -> Rates:
    """Return rates that a scenario's storms never pass, if all of them came at once."""
    for fault in scenario.faults:
        if isinstance(fault, NoiseFault):
            factors = (fault.missed, fault.stalls, fault.silences)
            rates = rates.times(Rates(*(max(1.0, factor) for factor in factors)))
    return rates
