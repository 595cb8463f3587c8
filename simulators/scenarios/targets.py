"""Targets: from the patterns of a scenario to the codes of one province."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from random import Random

from simulators.scenarios.errors import TargetError
from simulators.scenarios.happening import Happening, target_of
from simulators.scenarios.model import Scenario
from simulators.scenarios.parts import Parts
from simulators.scenarios.reach import Reach
from simulators.scenarios.target import Target
from simulators.world.topology import Topology

Hit = Mapping[str, tuple[str, ...]]
"""The codes that faults hit, by the faults' names."""


def resolve_targets(
    scenario: Scenario, topology: Topology, seed: int
) -> dict[str, tuple[str, ...]]:
    """Return the codes that each fault with a target hits, by the fault's name.

    Each fault has a generator of its own: a fault more in a scenario moves no other. A fault
    with no codes is left out of the run: it is about places that a smaller province lacks.

    Args:
        scenario: a valid one.
        topology: the true one.
        seed: of what is chosen at random.

    Raises:
        TargetError: naming scenario, fault and target.
    """
    hit: dict[str, tuple[str, ...]] = {}
    resolver = _Resolver(topology)
    for fault, target in _in_order(scenario):
        random = Random(f"{seed} {scenario.name} target {fault.name}")
        try:
            hit[fault.name] = resolver.resolve(target, random, hit)
            resolver.check_kinds(fault, target, hit[fault.name])
        except TargetError as error:
            raise TargetError(
                f"scenario {scenario.name!r}: fault {fault.name!r}: {error}"
            ) from None
    return hit


def resolve(target: Target, topology: Topology, random: Random, hit: Hit) -> tuple[str, ...]:
    """Return the codes of one target, sorted; none where a smaller province lacks the places.

    Args:
        target: what is wanted.
        topology: the true one.
        random: chooses among those that fit.
        hit: what the faults that the target names hit.

    Raises:
        TargetError: naming the target.
    """
    return _Resolver(topology).resolve(target, random, hit)


class _Resolver:
    def __init__(self, topology: Topology) -> None:
        self._parts = Parts(topology)
        self._reach = Reach(topology)
        self._operators = sorted(operator.code for operator in topology.inventory.operators)

    def resolve(self, target: Target, random: Random, hit: Hit) -> tuple[str, ...]:
        if target.same_as is not None:
            return hit[target.same_as]
        if target.kind is None:
            code = target.code or ""
            if not self._parts.kinds(code):
                raise TargetError(f"target {target}: nothing in the province has this code")
            return (code,)
        if target.operator is not None and target.operator not in self._operators:
            known = ", ".join(self._operators)
            raise TargetError(f"target {target}: there is no such operator; known: {known}")
        fitting = [code for code in self._parts.of_kind(target.kind) if self._fits(code, target)]
        return self._among(fitting, target, random, hit)

    def check_kinds(self, fault: Happening, target: Target, codes: Iterable[str]) -> None:
        """Refuse what the fault cannot hit; the model has seen to it where a kind is named."""
        for code in codes:
            kinds = self._parts.kinds(code)
            if fault.hits.isdisjoint(kinds):
                known = ", ".join(sorted(fault.hits))
                said = " and ".join(sorted(kinds))
                raise TargetError(f"target {target}: {code} is a {said}, not one of {known}")

    def _among(
        self, fitting: Sequence[str], target: Target, random: Random, hit: Hit
    ) -> tuple[str, ...]:
        together = set(chain.from_iterable(hit[name] for name in target.together_with))
        wanted = _wanted(target, len(fitting), len(together.intersection(fitting)))
        candidates = [code for code in fitting if code not in together]
        chosen = self._choose(target, self._apart(target, candidates, hit), wanted, random)
        # A smaller province lacks places, and some of what stands in them.
        placed = target.area is not None or target.communes
        if len(chosen) < wanted and not placed:
            raise TargetError(f"target {target}: {wanted} wanted, {len(chosen)} fit")
        return tuple(sorted(chosen))

    def _fits(self, code: str, target: Target) -> bool:
        parts = self._parts
        return (
            (target.operator is None or parts.operator(code) == target.operator)
            and (target.technology is None or parts.technology(code) == target.technology)
            and (target.area is None or parts.in_the_east(code) == (target.area == "east"))
            and (not target.communes or parts.commune(code) in target.communes)
            and (target.protected is None or parts.protected(code) == target.protected)
        )

    def _apart(self, target: Target, candidates: list[str], hit: Hit) -> list[str]:
        """Return those that overlap with what they should, and are apart from the rest."""
        reach = self._reach
        if target.overlaps is not None:
            shared = reach.villages(*hit[target.overlaps])
            candidates = [code for code in candidates if reach.villages(code) & shared]
        if target.apart_from:
            taken = reach.devices(*chain.from_iterable(hit[name] for name in target.apart_from))
            candidates = [code for code in candidates if not reach.devices(code) & taken]
        return candidates

    def _choose(
        self, target: Target, candidates: list[str], wanted: int, random: Random
    ) -> list[str]:
        random.shuffle(candidates)
        if target.villages is not None or target.devices is not None:
            candidates.sort(key=lambda code: self._distance(code, target))
        if target.scattered:
            places = {next(iter(self._reach.villages(code)), code): code for code in candidates}
            candidates = list(places.values())
        return candidates[:wanted]

    def _distance(self, code: str, target: Target) -> int:
        if target.villages is not None:
            return abs(len(self._reach.villages(code)) - target.villages)
        return abs(self._parts.count_devices(code) - (target.devices or 0))


def _in_order(scenario: Scenario) -> Iterator[tuple[Happening, Target]]:
    """Yield faults with their targets, each after those that its target names."""
    waiting = {fault.name: (fault, target_of(fault)) for fault in scenario.faults}
    done: set[str] = set()
    while waiting:
        ready = [
            name
            for name, (_, target) in waiting.items()
            if target is None or done.issuperset(target.names)
        ]
        if not ready:
            names = ", ".join(waiting)
            raise TargetError(f"scenario {scenario.name!r}: targets that wait for others: {names}")
        for name in ready:
            fault, target = waiting.pop(name)
            done.add(name)
            if target is not None:
                yield fault, target


def _wanted(target: Target, fitting: int, counted: int) -> int:
    """Return how many to choose, where so many fit and so many of them count already."""
    if target.share is None:
        return target.count
    # Half is rounded up, and something is always hit: a share is there to do something.
    return max(0, max(1, int(target.share * fitting + 0.5)) - counted)
