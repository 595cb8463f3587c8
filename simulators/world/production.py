"""A production: a scenario, an inventory and a seed, put on the stage; offline or live."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from province.inventory import Inventory
from simulators.milliseconds import milliseconds
from simulators.scenarios.model import Scenario
from simulators.world.book import Book
from simulators.world.cast import MakeSession, make_cast
from simulators.world.impact import Impacts
from simulators.world.noise import Noise, greatest, neighbourhoods, usual
from simulators.world.play import Played, play
from simulators.world.schedule import Schedule
from simulators.world.stage import Pipeline, Stage
from simulators.world.topology import Topology
from simulators.world.truth import FORMAT, TruthFault, village_line
from simulators.world.world import Batteries, World


@dataclass(frozen=True, slots=True)
class Play:
    """What is to be played.

    Attributes:
        scenario: what happens.
        inventory: the true one.
        own: devices that are simulated here, by code; all of them by default. The others are
            simulated elsewhere, in the same play.
        seed: of everything that is drawn.
        scale: of the province, for the truth log.
        faults: false leaves them out, and everything else as it is.
        start: when the run begins; the scenario's own time by default.
    """

    scenario: Scenario
    inventory: Inventory
    seed: int
    scale: float = 1.0
    faults: bool = True
    start: datetime | None = None
    own: frozenset[str] | None = None


class Production:
    """A play that is ready to begin.

    Args:
        chosen: what is played.

    Attributes:
        schedule: runs it.
        start: of the run, in milliseconds.
        end: of the run.
    """

    def __init__(self, chosen: Play) -> None:
        scenario = chosen.scenario
        self.seed = f"{chosen.seed} {scenario.name}"
        self.start = milliseconds(chosen.start or scenario.start)
        self.end = self.start + milliseconds(scenario.lasts)
        self.schedule = Schedule(self.start)
        self._chosen = chosen
        self._book = Book()
        self._topology = Topology(chosen.inventory)
        self._played = Played()

    def begin(self, make_session: MakeSession, make_pipeline: Callable[[], Pipeline]) -> None:
        """Set the stage, plan all faults, and let every device begin its life.

        Args:
            make_session: makes a device's session.
            make_pipeline: makes the pipeline once all sessions are made.

        Raises:
            TargetError: the province has nothing that a fault could hit.
        """
        chosen, scenario = self._chosen, self._chosen.scenario
        batteries = Batteries(scenario.conditions, self.seed)
        cast = make_cast(
            chosen.inventory,
            scenario.conditions,
            batteries,
            self.schedule,
            self.seed,
            make_session,
            chosen.own,
        )
        rates = usual(scenario.conditions)
        disturbed = [unit for unit in cast.units.values() if unit.may_be_disturbed]
        stage = Stage(
            start=self.start,
            end=self.end,
            shift=self.start - milliseconds(scenario.start),
            seed=self.seed,
            schedule=self.schedule,
            world=World(self._topology, cast.units, batteries, self.schedule, self._book),
            noise=Noise(
                disturbed,
                rates,
                greatest(rates, scenario),
                self.schedule,
                self.seed,
                scenario.conditions.stalls_together,
                neighbourhoods(disturbed, self._topology),
            ),
            impacts=Impacts(self._topology, batteries),
            units=cast.units,
            clocks=cast.clocks,
            pipeline=make_pipeline(),
        )
        if chosen.faults:
            self._played = play(scenario, stage, chosen.seed)
        for unit in cast.units.values():
            unit.start(self.start)
        stage.noise.start(self.start)

    @property
    def faults(self) -> Sequence[TruthFault]:
        """What will break, once the run has begun."""
        return self._played.faults

    def truth(self, show: Callable[[int], str]) -> Iterator[Mapping[str, Any]]:
        """End the run and yield the lines of its truth log.

        Args:
            show: writes a time of the run.
        """
        self._book.close(min(self.schedule.now, self.end))
        faults = self._played.faults
        yield self._head(show)
        yield from (fault.line(show) for fault in faults)
        yield from (blind.line(show) for blind in self._played.blind)
        yield from (village_line(entry, faults, show) for entry in self._book.entries)

    def _head(self, show: Callable[[int], str]) -> Mapping[str, Any]:
        chosen, scenario = self._chosen, self._chosen.scenario
        restart = self._played.restart
        return {
            "kind": "run",
            "format": FORMAT,
            "scenario": scenario.name,
            "number": scenario.number,
            "seed": chosen.seed,
            "scale": chosen.scale,
            "interval_s": scenario.conditions.interval.total_seconds(),
            "start": show(self.start),
            "warm": show(self.start + milliseconds(scenario.warm_up)),
            "end": show(self.end),
            "restart": None if restart is None else show(restart),
            "wrong_edges": scenario.conditions.wrong_edges,
            "devices": len(self._topology.devices),
            "villages": {
                village.code: {
                    "households": village.households,
                    "devices": len(self._topology.devices_of_village.get(village.code, ())),
                }
                for village in chosen.inventory.villages
            },
        }
