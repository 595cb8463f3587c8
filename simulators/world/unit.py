"""A unit: one device's life. It has power or not, boots, stalls, and reports in between."""

from random import Random
from typing import Final

from province.devices import DeviceKind
from simulators.device import SimulatedDevice
from simulators.milliseconds import SECOND
from simulators.world.schedule import Schedule
from simulators.world.session import Session

_JITTER: Final = 0.2
"""A report comes up to a tenth of the interval early or late."""
_MANY: Final = 1 << 20
_GASPS: Final = 0.7
"""Share of devices whose stored energy is enough for a last message."""
_BOOT_SECONDS: Final = (5, 40)
_BATTERY_STEPS: Final = 20


class Unit:
    """One device in a running province.

    Args:
        device: what it says.
        session: how it gets through.
        interval: between reports, in milliseconds.
        battery: how long its battery lasts, in milliseconds; 0 for none.
        schedule: where it plans what it does next.
        random: its own generator, so that other devices do not shift what it does.
    """

    # Slots here and below: thousands of units take turns, and what lies together is read faster.
    __slots__ = (
        "_battery",
        "_beat_action",
        "_blocked",
        "_boots",
        "_draw",
        "_empty",
        "_first",
        "_mains",
        "_outages",
        "_plugged",
        "_random",
        "_report",
        "_schedule",
        "_turn",
        "code",
        "device",
        "interval",
        "missed",
        "running",
        "session",
    )

    def __init__(
        self,
        device: SimulatedDevice,
        session: Session,
        interval: int,
        battery: int,
        schedule: Schedule,
        random: Random,
    ) -> None:
        self.device = device
        self.code = device.device.code
        self.session = session
        self.interval = interval
        self.missed = 0.0
        """Share of its reports that get lost."""
        self.running = True
        self._battery = battery
        self._schedule = schedule
        self._random = random
        self._draw = random.random
        self._mains = True
        self._plugged = True
        self._empty = False
        self._blocked = 0
        self._boots = 0
        self._outages = 0
        self._first = 0
        self._turn = 0
        self._beat_action = self._beat
        self._report = session.report

    @property
    def may_be_disturbed(self) -> bool:
        """Whether it is subject to everyday noise; canaries stand in known good places."""
        return self.device.device.kind is not DeviceKind.CANARY

    def start(self, at: int) -> None:
        """Begin the run: it has long been running."""
        self.session.start(at)
        self._begin_reports(at)

    # -- its way to the broker ------------------------------------------------------

    def block(self, at: int, _: object = None) -> None:
        """Have one reason more why nothing gets through."""
        self._blocked += 1
        if self._blocked == 1:
            self.session.lose_path(at)

    def unblock(self, at: int, _: object = None) -> None:
        """Have one reason less."""
        self._blocked -= 1
        if self._blocked == 0:
            self.session.regain_path(at)

    # -- its power ------------------------------------------------------------------

    def lose_mains(self, at: int) -> None:
        """Go on on the battery, if there is one."""
        self._mains = False
        self._outages += 1
        if not self._battery:
            self._lose_power(at)
            return
        self._drain(at, (self._outages, _BATTERY_STEPS))

    def regain_mains(self, at: int) -> None:
        """Be fed again; the battery is soon full."""
        self._mains = True
        self._empty = False
        self._outages += 1
        self.device.measurer.run_on("mains")
        self._boot_soon(at)

    def unplug(self, at: int, _: object = None) -> None:
        """Lose power alone."""
        self._plugged = False
        self._lose_power(at)

    def plug(self, at: int, _: object = None) -> None:
        """Have power again."""
        self._plugged = True
        self._boot_soon(at)

    def crash(self, at: int, away: int) -> None:
        """Boot again without a word; `away` milliseconds go by."""
        if self.running:
            self._stop()
            self.session.crash(at)
            self._boot_at(at + away)

    def restart(self, at: int, away: int) -> None:
        """Boot again in order, as for new firmware; `away` milliseconds go by."""
        if self.running:
            self.session.leave(at)
            self._stop()
            self._boot_at(at + away)

    def _lose_power(self, at: int) -> None:
        if self.running:
            if self._draw() < _GASPS:
                self.session.event("dying_gasp", at)
            self._stop()
            self.session.vanish(at)

    def _drain(self, at: int, state: tuple[int, int]) -> None:
        outage, left = state
        if outage != self._outages:
            return
        self.device.measurer.run_on("battery", 100 * left // _BATTERY_STEPS)
        if left:
            step = self._battery // _BATTERY_STEPS
            self._schedule.plan(at + step, self._drain, (outage, left - 1))
        else:
            self._empty = True
            self._lose_power(at)

    def _boot_soon(self, at: int) -> None:
        if not self.running:
            self._boot_at(at + round(SECOND * self._random.uniform(*_BOOT_SECONDS)))

    def _boot_at(self, at: int) -> None:
        self._boots += 1
        self._schedule.plan(at, self._boot, self._boots)

    def _boot(self, at: int, boot: int) -> None:
        powered = self._plugged and (self._mains or (self._battery > 0 and not self._empty))
        if boot != self._boots or self.running or not powered:
            return
        self.running = True
        self.device.boot(at)
        self.session.boot(at)
        self._begin_reports(at)

    def _stop(self) -> None:
        self.running = False
        self._boots += 1

    # -- its reports ----------------------------------------------------------------

    def _begin_reports(self, at: int) -> None:
        """Report at a phase of its own: a fleet that reports on the minute hides outages."""
        self._first = at + round(self._draw() * self.interval)
        self._turn = 0
        self._schedule.plan(self._first, self._beat_action, self._boots)

    def _beat(self, at: int, boot: int) -> None:
        if boot != self._boots:
            return
        # One draw for both: the digits that decide on the one are not those of the other.
        draw = self._draw()
        # Counted from the first report, so that jitter does not add up to drift.
        self._turn = turn = self._turn + 1
        due = self._first + int((turn + (draw - 0.5) * _JITTER) * self.interval)
        self._schedule.plan(due, self._beat_action, boot)
        if draw * _MANY % 1.0 >= self.missed:
            self._report(at)
        else:
            self.device.seq += 1
