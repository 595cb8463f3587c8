"""What the faults of a scenario must hold together: names, references, times."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from runtime.documents import Path
from simulators.scenarios.happening import ZERO, Happening, target_of
from simulators.scenarios.model import (
    WARM_UP_INTERVALS,
    ClockSkew,
    Delivery,
    Maintenance,
    Noise,
    RestartWatcher,
    Scenario,
)
from simulators.scenarios.problems import did_you_mean
from simulators.scenarios.target import Target
from simulators.scenarios.values import format_duration

_FROM_THE_START: Final = (ClockSkew, Delivery, Maintenance, Noise)
"""May begin while the run warms up: they are what the run is like, or only announced."""

Found = Iterator[tuple[Path, str]]


def check_names(names: Sequence[str | None]) -> Found:
    """Yield each fault whose name another has already; None for one without a name."""
    first: dict[str, int] = {}
    for at, name in enumerate(names):
        if name is not None and first.setdefault(name, at) != at:
            yield ("faults", at, "name"), f"faults[{first[name]}] has this name too"


def check_times(scenario: Scenario, faults: Mapping[int, Happening]) -> Found:
    """Yield each fault that lies outside the run, or where nothing is judged yet."""
    if scenario.warm_up >= scenario.lasts:
        message = f"the first {WARM_UP_INTERVALS} intervals of the run, its warm-up, are all of it"
        yield ("lasts",), message
        return
    for at, fault in faults.items():
        begins = fault.begins(scenario.start) - scenario.start
        late = begins + fault.span - scenario.lasts
        if begins < ZERO:
            yield ("faults", at, "at"), f"begins {format_duration(-begins)} before the run does"
        elif begins >= scenario.lasts:
            yield (
                ("faults", at, "at"),
                f"the run is over {format_duration(scenario.lasts)} after its start",
            )
        elif late > ZERO:
            yield ("faults", at, "at"), f"ends {format_duration(late)} after the run does"
        elif begins < scenario.warm_up and not isinstance(fault, _FROM_THE_START):
            message = (
                f"nothing is judged in the first {format_duration(scenario.warm_up)}, the warm-up"
            )
            yield ("faults", at, "at"), message
        if isinstance(fault, Maintenance) and ZERO <= begins < fault.announced:
            message = f"announced {format_duration(fault.announced - begins)} before the run begins"
            yield ("faults", at, "announced"), message


def check_references(names: Sequence[str | None], faults: Mapping[int, Happening]) -> Found:
    """Yield each target that speaks of a fault that is not there or has no target."""
    targets = {fault.name: target_of(fault) for fault in faults.values()}
    for at, fault in faults.items():
        target = target_of(fault)
        if target is None:
            continue
        for key, name in _references(target):
            path = ("faults", at, "target", key)
            if name not in names:
                known = [other for other in names if other not in {None, fault.name}]
                yield path, f"there is no fault {name!r}{did_you_mean(name, map(str, known))}"
            elif name in targets and targets[name] is None:
                yield path, f"fault {name!r} hits nothing in particular"
        if _leads_to_itself(fault.name, targets):
            yield ("faults", at, "target"), "depends on itself through the faults that it names"


def check_same(faults: Mapping[int, Happening]) -> Found:
    """Yield each fault that is to hit the same as another, and cannot hit that."""
    by_name = {fault.name: fault for fault in faults.values()}
    for at, fault in faults.items():
        target = target_of(fault)
        other = by_name.get(target.same_as) if target and target.same_as else None
        theirs = target_of(other) if other else None
        if other and theirs and theirs.kind is not None and theirs.kind not in fault.hits:
            message = f"{other.name!r} hits kind {theirs.kind}, which this cannot hit"
            yield ("faults", at, "target", "same_as"), message


def check_restarts(faults: Mapping[int, Happening]) -> Found:
    """Yield each restart of the watcher but the first: a run has one at most."""
    restarts = [at for at, fault in faults.items() if isinstance(fault, RestartWatcher)]
    for at in restarts[1:]:
        yield ("faults", at), f"faults[{restarts[0]}] restarts the watcher already"


def _references(target: Target) -> Iterator[tuple[str, str]]:
    for key in ("same_as", "overlaps", "apart_from", "together_with"):
        value = getattr(target, key)
        for name in (value,) if isinstance(value, str) else value or ():
            yield key, name


def _leads_to_itself(name: str, targets: Mapping[str, Target | None]) -> bool:
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        target = targets.get(waiting.pop())
        for other in target.names if target else ():
            if other == name:
                return True
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return False
