"""Faults of networks and of the power grid: they change what stands, or how well."""

from collections.abc import Iterator, Sequence
from typing import Final

from simulators.measuring import Effect
from simulators.milliseconds import MINUTE, milliseconds
from simulators.scenarios.model import Cut, Degrade, Flap, MainsOff, Reroute
from simulators.world.effects import BAD_LOSS, is_bad
from simulators.world.stage import Stage
from simulators.world.truth import TruthFault
from simulators.world.world import Part

AREA_DEVICES: Final = 12
"""A fault that silences as many devices can be found in a fraction of an interval."""

_Failing = tuple[Part, tuple[str, ...]]


def plan_cut(stage: Stage, fault: Cut | MainsOff, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that objects fail, together or each for itself; yield the truth of it."""
    onset, end = stage.window(fault)
    for code in hit:
        _plan_failure(stage, code, onset, end)
    cause = "power" if isinstance(fault, MainsOff) else fault.cause
    for name, roots in numbered(fault.name, hit) if fault.each else [(fault.name, hit)]:
        yield _outage(stage, fault, name, roots, cause)


def plan_flap(stage: Stage, fault: Flap, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that objects go down and up; yield the truth of it."""
    onset, end = stage.window(fault)
    down, up = milliseconds(fault.down), milliseconds(fault.up)
    for code in hit:
        for begin in range(onset, end, down + up):
            _plan_failure(stage, code, begin, min(begin + down, end))
    for name, roots in numbered(fault.name, hit):
        yield _outage(stage, fault, name, roots, "equipment")


def plan_degrade(stage: Stage, fault: Degrade, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that links slow down, at once or minute by minute; yield the truth of it."""
    onset, end = stage.window(fault)
    ramp = milliseconds(fault.ramp) if fault.ramp else 0
    for code in hit:
        key, codes = f"{fault.name} {code}", _slowed(stage, code)
        for at in (*range(onset, onset + ramp, MINUTE), onset + ramp):
            share = (at - onset) / ramp if ramp else 1.0
            effect = Effect(fault.loss * share, 1 + (fault.rtt_factor - 1) * share)
            _plan_effect(stage, key, codes, at, effect)
        _plan_effect(stage, key, codes, end, None)
    for name, (root,) in numbered(fault.name, hit):
        yield _degradation(stage, fault, name, root, onset + round(ramp * _share_to_bad(fault)))


def plan_reroute(stage: Stage, fault: Reroute, hit: Sequence[str]) -> Iterator[TruthFault]:
    """Plan that round trips take longer; yield that nobody is the worse for it."""
    onset, end = stage.window(fault)
    for code in hit:
        key, codes = f"{fault.name} {code}", _slowed(stage, code)
        _plan_effect(stage, key, codes, onset, Effect(rtt_ms=fault.rtt_ms))
        _plan_effect(stage, key, codes, end, None)
    yield TruthFault(
        fault=fault.name,
        fault_kind=fault.fault,
        fault_class="none",
        category="none",
        expect=fault.expectation,
        root=hit[0],
        equivalent=hit[1:],
        cause="fibre",
        onset=onset,
        end=end,
        villages=stage.impacts.villages_of(_links_below(stage, hit)),
        text=fault.text,
    )


def numbered(name: str, hit: Sequence[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield a name for each object that a fault hits; one alone keeps the fault's own."""
    for number, code in enumerate(hit, 1):
        yield (name if len(hit) == 1 else f"{name}-{number}"), (code,)


def _plan_failure(stage: Stage, code: str, onset: int, end: int) -> None:
    failing: _Failing = stage.impacts.part_of(code)
    stage.schedule.plan(onset, lambda at, what: stage.world.fail(at, *what), failing)
    stage.schedule.plan(end, lambda at, what: stage.world.mend(at, *what), failing)


def _plan_effect(
    stage: Stage, key: str, codes: frozenset[str], at: int, effect: Effect | None
) -> None:
    stage.schedule.plan(at, lambda now, what: stage.world.affect(now, key, codes, what), effect)


def _slowed(stage: Stage, code: str) -> frozenset[str]:
    """Return the links, and the nodes with base stations, that are slow when this object is."""
    return stage.impacts.links_below(code) | stage.world.topology.below(code)


def _links_below(stage: Stage, roots: Sequence[str]) -> frozenset[str]:
    return frozenset(link for root in roots for link in stage.impacts.links_below(root))


def _share_to_bad(fault: Degrade) -> float:
    """Return how much of a ramp goes by before links are degraded."""
    return min(1.0, BAD_LOSS / fault.loss) if fault.loss else 1.0


def _outage(
    stage: Stage, fault: Cut | MainsOff | Flap, name: str, roots: Sequence[str], cause: str
) -> TruthFault:
    onset, end = stage.window(fault)
    impact = stage.impacts.of(roots, end - onset)
    same = [code for root in roots for code in stage.impacts.same_as(root)]
    return TruthFault(
        fault=name,
        fault_kind=fault.fault,
        fault_class="outage",
        category=_category(stage, fault, roots[0], len(impact.devices)),
        expect=fault.expectation,
        root=roots[0],
        equivalent=(*roots[1:], *same),
        cause=cause,
        planned=not isinstance(fault, Flap) and fault.planned,
        onset=onset,
        end=end,
        villages=impact.villages,
        links=impact.links,
        devices=impact.devices,
        text=fault.text,
    )


def _category(stage: Stage, fault: Cut | MainsOff | Flap, root: str, devices: int) -> str:
    if isinstance(fault, Flap):
        return "flapping"
    if devices >= AREA_DEVICES:
        return "area"
    topology = stage.world.topology
    if root in topology.villages:
        return "village"
    return "link" if root in topology.links else "card"


def _degradation(stage: Stage, fault: Degrade, name: str, root: str, crossed: int) -> TruthFault:
    onset, end = stage.window(fault)
    links = stage.impacts.links_below(root)
    bad = is_bad(Effect(fault.loss, fault.rtt_factor))
    return TruthFault(
        fault=name,
        fault_kind=fault.fault,
        fault_class="degradation" if bad else "none",
        category="degradation",
        expect=fault.expectation,
        root=root,
        equivalent=stage.impacts.same_as(root),
        cause=fault.cause,
        onset=onset,
        end=end,
        crossed=crossed,
        villages=stage.impacts.villages_of(links),
        links=links,
        text=fault.text,
    )
