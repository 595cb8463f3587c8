"""Measuring: the values of a report, as JSON text, many thousand times a second."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Final, Literal

from province.devices import Device, DeviceKind
from province.topology import Technology
from simulators.distributions import WANDER_STEPS, binomial, wander
from simulators.milliseconds import minute_of_day
from simulators.signals import BASE_STATION, LINKS, SENSORS, Signal

PROBES: Final = 60
"""Probes sent for each report."""

_MASK: Final = WANDER_STEPS - 1
_APART: Final = 7_919
"""Signals of one device walk the same noise this far apart: a prime, so that they do not meet."""
_RTT_P50, _RTT_P95, _LOSS, _DOWN, _UP = range(5)
"""Where `signals.LINKS` has the values that a fault changes."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What faults do to a link that still works.

    Attributes:
        loss: share of probes lost, beside the ordinary ones.
        rtt_factor: of round-trip times; bandwidth falls by the same.
        rtt_ms: added to round-trip times.
    """

    loss: float = 0.0
    rtt_factor: float = 1.0
    rtt_ms: float = 0.0


NO_EFFECT: Final = Effect()


class Measurer:
    """Measures what one device measures.

    Args:
        device: the device.
        signals: what it measures.
        seed: of the noise that all devices share.
        random: its own generator.
    """

    __slots__ = (
        "_day",
        "_draw",
        "_format",
        "_last",
        "_numbers",
        "_position",
        "_stuck",
        "_ups",
        "_walk",
        "_watches_link",
        "effect",
    )

    def __init__(
        self, device: Device, signals: tuple[Signal, ...], seed: int, random: Random
    ) -> None:
        self.effect = NO_EFFECT
        self._day = _day(signals)
        self._walk = wander(seed)
        self._position = random.randrange(WANDER_STEPS)
        self._draw = random.random
        self._watches_link = device.kind.watches_link
        self._numbers = ",".join(f'"{signal.name}":%.{signal.digits or 0}f' for signal in signals)
        self._ups = device.ups
        self._stuck = False
        self._last: str | None = None
        self.run_on("mains")

    def values(self, at: int) -> str:
        """Return the values of this moment (milliseconds), as the text of a JSON object."""
        if self._stuck and self._last is not None:
            return self._last
        position = self._position = (self._position + 1) & _MASK
        walk = self._walk
        numbers = [
            value
            if least <= (value := base + spread * walk[(position + apart) & _MASK]) <= most
            else (least if value < least else most)
            for base, spread, apart, least, most in self._day[minute_of_day(at)]
        ]
        if not self._watches_link:
            self._last = self._format % tuple(numbers)
            return self._last
        return self._format % (self._probe(numbers), *numbers)

    def run_on(self, source: Literal["mains", "battery"], battery_percent: int = 100) -> None:
        """Report from now on that this feeds the device, and how full its battery is."""
        if not self._watches_link:
            self._format = f"{{{self._numbers}}}"
            return
        battery = f'"battery_percent":{battery_percent},' if self._ups else ""
        self._format = (
            f'{{"power":"{source}",{battery}"probes_sent":{PROBES},"probes_ok":%d,{self._numbers}}}'
        )

    def stick(self) -> None:
        """Repeat the last values from now on; sensors only."""
        self._stuck = True

    def unstick(self) -> None:
        """Measure again."""
        self._stuck = False

    def _probe(self, numbers: list[float]) -> int:
        """Apply the faults to a link's numbers; return how many probes were answered."""
        loss = numbers[_LOSS] / 100
        effect = self.effect
        if effect is not NO_EFFECT:
            loss = min(1.0, loss + effect.loss)
            for at in (_RTT_P50, _RTT_P95):
                numbers[at] = numbers[at] * effect.rtt_factor + effect.rtt_ms
            for at in (_DOWN, _UP):
                numbers[at] /= effect.rtt_factor
        lost = binomial(PROBES, loss, self._draw())
        numbers[_LOSS] = 100 * lost / PROBES
        return PROBES - lost


def choose_signals(device: Device, technology: Technology | None) -> tuple[Signal, ...]:
    """Return what a device measures.

    A sensor's variety is the last part of its code, as the generator writes it; a sensor with
    another code measures weather.

    Args:
        device: the device.
        technology: of its link, if it has one.
    """
    if device.kind is DeviceKind.SENSOR:
        return SENSORS.get(device.code.rpartition("-")[2], SENSORS["weather"])
    if device.kind is DeviceKind.BASE_STATION:
        return BASE_STATION
    return LINKS.get(technology or Technology.FTTH, LINKS[Technology.FTTH])


_Measured = tuple[float, float, int, float, float]
"""A value without noise, its spread, where its noise begins, the least and the most."""


@lru_cache(maxsize=64)
def _day(signals: tuple[Signal, ...]) -> Sequence[tuple[_Measured, ...]]:
    """Return what there is to measure in each minute of the local day."""
    return [
        tuple(
            (signal.curve.at(minute / 60), signal.spread, at * _APART, signal.least, signal.most)
            for at, signal in enumerate(signals)
        )
        for minute in range(24 * 60)
    ]
