"""Faults of our own pipeline, and what else happens between the province and its watcher."""

from collections.abc import Iterator

from simulators.milliseconds import milliseconds
from simulators.scenarios.model import (
    BrokerDown,
    Delivery,
    Happening,
    Maintenance,
    Noise,
    RestartWatcher,
    ServiceDown,
)
from simulators.world.noise import Rates
from simulators.world.stage import Stage
from simulators.world.truth import FaultClass, TruthFault

ROOT = "pipeline"


def plan_broker_down(stage: Stage, fault: BrokerDown) -> Iterator[TruthFault]:
    """Plan that the broker goes and comes back; yield the truth of it."""
    onset, end = stage.window(fault)
    pipeline = stage.pipeline
    stage.schedule.plan(onset, pipeline.broker_falls, fault.how)
    stage.schedule.plan(end, pipeline.broker_rises, fault.how)
    yield _own(stage, fault, fault.fault, "pipeline", "pipeline")


def plan_service_down(stage: Stage, fault: ServiceDown) -> Iterator[TruthFault]:
    """Plan that one of our services goes and comes back; yield the truth of it."""
    onset, end = stage.window(fault)
    stage.schedule.plan(onset, stage.pipeline.service_falls, fault.service)
    stage.schedule.plan(end, stage.pipeline.service_rises, fault.service)
    yield _own(stage, fault, fault.fault, "pipeline", "pipeline")


def plan_delivery(stage: Stage, fault: Delivery) -> Iterator[TruthFault]:
    """Plan that messages come twice or late; yield that nothing else is wrong."""
    onset, end = stage.window(fault)
    up_to = milliseconds(fault.up_to)
    stage.schedule.plan(
        onset, lambda _, f: stage.pipeline.disturb(f.duplicates, f.delayed, up_to), fault
    )
    stage.schedule.plan(end, lambda _at, _: stage.pipeline.calm())
    yield _own(stage, fault, fault.fault, "none", "pipeline")


def plan_noise(stage: Stage, fault: Noise) -> Iterator[TruthFault]:
    """Plan that everyday noise grows; yield that nothing else is wrong."""
    onset, end = stage.window(fault)
    factors = Rates(fault.missed, fault.stalls, fault.silences)
    stage.schedule.plan(onset, lambda _, rates: stage.noise.push(rates), factors)
    stage.schedule.plan(end, lambda _, rates: stage.noise.pop(rates), factors)
    yield _own(stage, fault, fault.fault, "none", "weather")


def plan_maintenance(stage: Stage, fault: Maintenance, node: str) -> None:
    """Plan that a window of maintenance is announced."""
    onset, end = stage.window(fault)
    told_at = max(stage.start, onset - milliseconds(fault.announced))
    stage.schedule.plan(
        told_at, lambda at, f: stage.pipeline.announce(at, f.name, node, (onset, end)), fault
    )


def plan_restart_watcher(stage: Stage, fault: RestartWatcher) -> int:
    """Plan that the watcher is restarted; return when, in milliseconds."""
    onset, _ = stage.window(fault)
    stage.schedule.plan(onset, lambda at, _: stage.pipeline.restart_watcher(at))
    return onset


def _own(
    stage: Stage, fault: Happening, kind: str, fault_class: FaultClass, cause: str
) -> TruthFault:
    onset, end = stage.window(fault)
    return TruthFault(
        fault=fault.name,
        fault_kind=kind,
        fault_class=fault_class,
        category=fault_class,
        expect=fault.expectation,
        root=ROOT,
        cause=cause,
        onset=onset,
        end=end,
        text=fault.text,
    )
