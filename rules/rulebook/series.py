"""A series: what one device says of one metric, to all rules that are about it.

Nearly every value of a province says that all is well, and a rule that has heard so has nothing to
do. While all rules of a series are calm, a value that leaves them so is only written down here: one
place in memory, instead of those of each rule. They take what was written down when a value comes,
or a time, at which one of them may have something to say.
"""

from math import inf
from typing import Final

from rules.rulebook.machine import Machine
from rules.rulebook.state import RuleBookState, Said
from rules.rulebook.windows import NEAR_SECONDS

_NEVER: Final = -inf


class Series:
    """The values of a device and metric, and the rules that are about them.

    Args:
        device: its code.
        metric: its code.
        least: of what the metric can be.
        most: of what it can be.
        state: has what was said before.

    Attributes:
        machines: the rules on this device that are about it, in the order of the rulebook.
    """

    __slots__ = (
        "_device",
        "_eager",
        "_high",
        "_least",
        "_low",
        "_metric",
        "_most",
        "_patient",
        "_said",
        "_state",
        "_until",
        "_waits",
        "machines",
    )

    def __init__(
        self, device: str, metric: str, least: float, most: float, state: RuleBookState
    ) -> None:
        self._device, self._metric, self._state = device, metric, state
        self._least, self._most = least, most
        self._low, self._high, self._until = inf, -inf, _NEVER
        self._said = Said()
        self._eager: list[Machine] = []
        self._patient: list[Machine] = []
        self._waits = False
        self.machines: list[Machine] = []

    def add(self, machine: Machine) -> None:
        """Add a rule; one whose track is in the state takes what was said before."""
        self.machines.append(machine)
        if not machine.patient:
            self._eager.append(machine)
            return
        self._patient.append(machine)
        self._waits = self._waits or machine.waits
        if self._state.said and machine.key in self._state.tracks:
            said = self._state.said.get(self._key)
            if said is not None:
                machine.catch_up(said)

    def take(self, at: float, value: float) -> None:
        """Take a value, unless the metric cannot have it.

        Args:
            at: its instant.
            value: NaN is no value either.
        """
        said = self._said
        if (
            at < self._until
            and self._low <= value <= self._high
            and at - said.heard >= NEAR_SECONDS
        ):
            said.heard, said.value = at, value
            if self._waits:
                said.waiting += at, value
            for machine in self._eager:
                machine.take(at, value, self._device, self._metric)
        elif self._least <= value <= self._most:
            # As ingest does; NaN is in no range. What is judged is what is stored.
            self._have_all_take(at, value)

    @property
    def _key(self) -> str:
        return f"{self._device}|{self._metric}"

    def _have_all_take(self, at: float, value: float) -> None:
        self._catch_up()
        for machine in self.machines:
            machine.take(at, value, self._device, self._metric)
        self._look_round()

    def _catch_up(self) -> None:
        said = self._said
        if self._until == _NEVER:
            return  # nothing was written down since they all took a value
        for machine in self._patient:
            machine.catch_up(said)
        said.waiting.clear()

    def _look_round(self) -> None:
        """Find out which values may wait, and how long."""
        if not self._patient:
            return
        low, high, until, heard = self._least, self._most, inf, 0.0
        for machine in self._patient:
            calm = machine.calm()
            if calm is None:
                self._until = _NEVER
                return
            low, high = max(low, calm.low), min(high, calm.high)
            until, heard = min(until, calm.until), max(heard, machine.track.heard)
        if not self._said.heard:
            self._state.said[self._key] = self._said
        self._said.heard = heard
        self._low, self._high, self._until = low, high, until
