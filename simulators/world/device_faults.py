"""Faults of devices alone: the network is well, and a watcher should see that it is."""

from collections.abc import Iterator, Sequence

from simulators.milliseconds import milliseconds
from simulators.scenarios.model import ClockSkew, ClockStep, Happening, Reboot, Stick, Unplug
from simulators.world.stage import Stage
from simulators.world.truth import FaultClass, TruthFault


def plan_unplug(stage: Stage, fault: Unplug, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that devices lose their power, each for itself; yield the truth of it."""
    onset, _ = stage.window(fault)
    random = stage.random(fault)
    within = milliseconds(fault.within) if fault.within else 0
    for code in hit:
        begin = onset + round(random.random() * within)
        unit = stage.units.get(code)
        if unit is None:
            continue  # it is simulated elsewhere
        stage.schedule.plan(begin, unit.unplug)
        stage.schedule.plan(begin + milliseconds(fault.lasts), unit.plug)
    yield _of_devices(stage, fault, hit, "device", "device")


def plan_reboot(stage: Stage, fault: Reboot, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that devices boot again, in order or not; yield the truth of it."""
    onset, _ = stage.window(fault)
    random = stage.random(fault)
    for code in hit:
        begin = onset + round(random.random() * milliseconds(fault.within))
        unit = stage.units.get(code)
        if unit is None:
            continue
        action = unit.restart if fault.orderly else unit.crash
        stage.schedule.plan(begin, action, milliseconds(fault.takes))
    yield _of_devices(stage, fault, hit, "none", "device")


def plan_clock_skew(stage: Stage, fault: ClockSkew, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that clocks are off; yield that nothing else is."""
    onset, end = stage.window(fault)
    random = stage.random(fault)
    skew = milliseconds(fault.skew)
    for code in hit:
        amount = random.randint(-skew, skew)
        _plan_step(stage, code, onset, amount)
        _plan_step(stage, code, end, -amount)
    yield _of_devices(stage, fault, hit, "none", "clock")


def plan_clock_step(stage: Stage, fault: ClockStep, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that clocks jump and stay there; yield that nothing else happens."""
    onset, _ = stage.window(fault)
    random = stage.random(fault)
    for code in hit:
        amount = random.choice((-1, 1)) * milliseconds(fault.step)
        _plan_step(stage, code, onset, amount)
    yield _of_devices(stage, fault, hit, "none", "clock")


def plan_stick(stage: Stage, fault: Stick, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that sensors repeat themselves; yield the truth of it."""
    onset, end = stage.window(fault)
    for code in hit:
        if code not in stage.units:
            continue
        measurer = stage.units[code].device.measurer
        stage.schedule.plan(onset, lambda _, sensor: sensor.stick(), measurer)
        stage.schedule.plan(end, lambda _, sensor: sensor.unstick(), measurer)
    yield _of_devices(stage, fault, hit, "sensor", "device")


def _plan_step(stage: Stage, code: str, at: int, amount: int) -> None:
    clock = stage.clocks.get(code)
    if clock is not None:
        stage.schedule.plan(at, lambda _, step: clock.step(step), amount)


def _of_devices(
    stage: Stage, fault: Happening, hit: Sequence[str], fault_class: FaultClass, cause: str
) -> TruthFault:
    onset, end = stage.window(fault)
    return TruthFault(
        fault=fault.name,
        fault_kind=getattr(fault, "fault", ""),
        fault_class=fault_class,
        category=fault_class,
        expect=fault.expectation,
        root=hit[0],
        equivalent=hit[1:],
        cause=cause,
        onset=onset,
        end=end,
        villages=_villages(stage, hit),
        devices=hit,
        text=fault.text,
    )


def _villages(stage: Stage, hit: Sequence[str]) -> frozenset[str]:
    devices = (stage.world.topology.devices[code] for code in hit)
    return frozenset(device.village for device in devices if device.village)
