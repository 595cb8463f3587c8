"""What a fault hits: a pattern, so that a scenario fits any province."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from province.codes import Code
from province.topology import NodeKind, Technology
from simulators.scenarios.values import FaultName, Share

STRICT: Final = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
"""How everything in a scenario is read: nothing is guessed, and nothing changes afterwards."""

TargetKind = NodeKind | Literal["village", "link", "device", "sensor"]
"""What can be hit; `device` means any but canaries."""

NETWORK: Final = frozenset(kind.value for kind in NodeKind if not kind.supplies_power)
"""Kinds of nodes of an operator's network."""
POWER: Final = frozenset(kind.value for kind in NodeKind if kind.supplies_power)
"""Kinds of nodes of the power grid."""
PLACES: Final = frozenset({"village", "link"})
"""What nodes serve."""
DEVICES: Final = frozenset({"device", "sensor"})
"""What publishes."""

_OF_AN_OPERATOR: Final = NETWORK | DEVICES | {"link"}
_WITH_TECHNOLOGY: Final = DEVICES | {"link", "cell"}


class Target(BaseModel):
    """What a fault hits: `code`, `same_as`, or a `kind` that all other keys narrow.

    Attributes:
        code: one node, link, village or device, by its code.
        same_as: exactly what that fault hits.
        kind: nodes of this kind, or `village`, `link`, `device` (any but canaries), `sensor`.
        operator: of this operator; a device's is that of its link or its node.
        technology: links of this technology, devices on them, or cells that serve them.
        area: `east` (the former Phu Yen) or `west`; by commune.
        communes: in these communes; those that a smaller province lacks are passed over.
        protected: nodes with several parents (true), or with at most one (false).
        villages: nodes on which this many villages depend, for a link or for their mains; the
            nearest number if there is none.
        devices: villages with this many link probes, or links with this many devices; the
            nearest number if none has it.
        overlaps: shares a village with what this fault hits.
        apart_from: shares no device with what these faults of the scenario hit.
        count: this many, chosen at random.
        share: this share, chosen at random, of what kind, operator, technology, area,
            communes and protected allow.
        together_with: what these faults hit counts towards `share`, and only what is missing
            is chosen: with them it makes up the share.
        scattered: devices no two of which are in one village.
    """

    model_config = STRICT

    code: Code | None = None
    same_as: FaultName | None = None
    kind: TargetKind | None = None
    operator: Code | None = None
    technology: Technology | None = None
    area: Literal["east", "west"] | None = None
    communes: tuple[Code, ...] = ()
    protected: bool | None = None
    villages: Annotated[int, Field(gt=0)] | None = None
    devices: Annotated[int, Field(gt=0)] | None = None
    overlaps: FaultName | None = None
    apart_from: tuple[FaultName, ...] = ()
    count: Annotated[int, Field(gt=0)] = 1
    share: Annotated[Share, Field(gt=0)] | None = None
    together_with: tuple[FaultName, ...] = ()
    scattered: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The faults it speaks of."""
        single = (name for name in (self.same_as, self.overlaps) if name is not None)
        return (*single, *self.apart_from, *self.together_with)

    def __str__(self) -> str:
        """Return its fields as they were given: `kind=olt operator=vnpt count=2`."""
        given = self.model_dump(mode="json", include=self.model_fields_set)
        return " ".join(f"{name}={_shown(value)}" for name, value in given.items())

    @model_validator(mode="after")
    def _check(self) -> Self:
        chosen = [name for name in ("code", "same_as", "kind") if getattr(self, name) is not None]
        if len(chosen) != 1:
            said = " and ".join(chosen) or "none of them"
            raise ValueError(f"one of code, same_as and kind is needed; this says {said}")
        if self.kind is None and len(self.model_fields_set) > 1:
            (other,) = sorted(self.model_fields_set - set(chosen))[:1]
            raise ValueError(f"{other} does not go with {chosen[0]}, which leaves no choice")
        for problem in self._conflicts():
            raise ValueError(problem)
        return self

    def _conflicts(self) -> Iterator[str]:
        fitting = {
            "operator": _OF_AN_OPERATOR,
            "technology": _WITH_TECHNOLOGY,
            "protected": NETWORK | POWER,
            "villages": NETWORK | POWER,
            "devices": PLACES,
            "scattered": DEVICES,
        }
        for name in sorted(fitting.keys() & self.model_fields_set):
            if self.kind is not None and self.kind not in fitting[name]:
                yield f"{name} does not go with kind {self.kind}"
        if {"count", "share"} <= self.model_fields_set:
            yield "count and share do not go together"
        if self.together_with and self.share is None:
            yield "together_with needs a share to make up"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    if isinstance(value, float):
        return f"{value * 100:g}%"
    return str(value)
