"""Play: a scenario's faults are planned, and what they will truly do is written down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from simulators.milliseconds import MINUTE
from simulators.scenarios import model
from simulators.scenarios.targets import resolve_targets
from simulators.world import device_faults, network_faults, pipeline_faults
from simulators.world.stage import Stage
from simulators.world.truth import Blind, TruthFault

GRACE: Final = 5 * MINUTE
"""How long work may overrun its window before anybody is told."""


@dataclass(slots=True)
class Played:
    """What a scenario's faults will truly do.

    Attributes:
        faults: one for each incident that a good watcher would see, and for each fault that
            is none.
        blind: times in which nobody can know.
        restart: when the watcher is started again, in milliseconds.
    """

    faults: list[TruthFault] = field(default_factory=list)
    blind: list[Blind] = field(default_factory=list)
    restart: int | None = None


def play(scenario: model.Scenario, stage: Stage, seed: int) -> Played:
    """Plan everything that happens in a scenario; return the truth of it.

    Args:
        scenario: a valid one.
        stage: what its faults act on.
        seed: of what its targets choose.

    Raises:
        TargetError: the province has nothing that a fault could hit.
    """
    played = Played()
    hits = resolve_targets(scenario, stage.world.topology, seed)
    for fault in scenario.faults:
        hit = hits.get(fault.name, ())
        if model.target_of(fault) is None or hit:
            played.faults += _plan(stage, fault, hit)
        played.blind += _blind(stage, fault)
        if isinstance(fault, model.RestartWatcher):
            played.restart = pipeline_faults.plan_restart_watcher(stage, fault)
    windows = {
        (code, stage.window(fault)[1])
        for fault in scenario.faults
        if isinstance(fault, model.Maintenance)
        for code in hits[fault.name]
    }
    played.faults = [_with_grace(fault, windows) for fault in played.faults]
    return played


def _plan(stage: Stage, fault: model.Happening, hit: Sequence[str]) -> Iterator[TruthFault]:  # noqa: C901, PLR0912 - the list of all faults, each a line
    match fault:
        case model.Cut() | model.MainsOff():
            yield from network_faults.plan_cut(stage, fault, hit)
        case model.Flap():
            yield from network_faults.plan_flap(stage, fault, hit)
        case model.Degrade():
            yield from network_faults.plan_degrade(stage, fault, hit)
        case model.Reroute():
            yield from network_faults.plan_reroute(stage, fault, hit)
        case model.Unplug():
            yield from device_faults.plan_unplug(stage, fault, hit)
        case model.Reboot():
            yield from device_faults.plan_reboot(stage, fault, hit)
        case model.ClockSkew():
            yield from device_faults.plan_clock_skew(stage, fault, hit)
        case model.ClockStep():
            yield from device_faults.plan_clock_step(stage, fault, hit)
        case model.Stick():
            yield from device_faults.plan_stick(stage, fault, hit)
        case model.BrokerDown():
            yield from pipeline_faults.plan_broker_down(stage, fault)
        case model.ServiceDown():
            yield from pipeline_faults.plan_service_down(stage, fault)
        case model.Delivery():
            yield from pipeline_faults.plan_delivery(stage, fault)
        case model.Noise():
            yield from pipeline_faults.plan_noise(stage, fault)
        case model.Maintenance():
            for node in hit:
                pipeline_faults.plan_maintenance(stage, fault, node)


def _blind(stage: Stage, fault: model.Happening) -> Iterator[Blind]:
    onset, end = stage.window(fault)
    if isinstance(fault, model.BrokerDown) and fault.how != "half":
        yield Blind(onset, end, "broker")
    if isinstance(fault, model.ServiceDown) and fault.service == "ingest":
        yield Blind(onset, end, "feed")


def _with_grace(fault: TruthFault, windows: set[tuple[str, int]]) -> TruthFault:
    """Give work that overruns its window the grace that it has."""
    if fault.planned or (fault.root, fault.onset) not in windows:
        return fault
    return replace(fault, crossed=min(fault.onset + GRACE, fault.end))
