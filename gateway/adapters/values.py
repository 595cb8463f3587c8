"""Values: what the rules of an adapter find in a message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gateway.adapters.conversion import Conversion, shown
from gateway.adapters.coverage import CONDITION, REFUSED, Reads
from gateway.adapters.errors import RefusedError
from gateway.adapters.expression import Expression
from gateway.adapters.rules import FieldRule, ValueRule
from gateway.translation import RefusalReason

AnyRule = TypeVar("AnyRule", bound=FieldRule)


@dataclass(slots=True)
class Taken:
    """What was taken of a message.

    Attributes:
        values: by metric.
        refusals: what could not be taken.
        reads: which fields were looked at.
    """

    values: dict[str, Any] = field(default_factory=dict)
    refusals: list[RefusedError] = field(default_factory=list)
    reads: Reads = field(default_factory=Reads)


def take_values(
    rules: Mapping[str, tuple[ValueRule, ...]], root: Mapping[str, Any], taken: Taken
) -> None:
    """Take the values that the rules name; a wrong one is refused, and the others are taken."""
    for target, alternatives in rules.items():
        try:
            hit = found(alternatives, root, taken.reads, target)
            value = None if hit is None else _converted(*hit, target, root, taken.reads)
        except RefusedError as error:
            taken.refusals.append(error)
        else:
            if value is not None:
                taken.values[target] = value


def holds(condition: Expression | None, root: Mapping[str, Any], reads: Reads) -> bool:
    """Whether a condition holds in a message."""
    if condition is None:
        return True
    reads.note(condition, CONDITION)
    return _truth(condition(root))


def found(
    rules: Iterable[AnyRule], root: Mapping[str, Any], reads: Reads, what: str
) -> tuple[AnyRule, Any] | None:
    """Return the first of several rules that finds something, and what it finds.

    Args:
        rules: in the order in which they count.
        root: the message.
        reads: where to note what was looked at.
        what: what is looked for.

    Raises:
        RefusedError: it finds several things where one is meant.
    """
    for rule in rules:
        if holds(rule.condition, root, reads):
            reads.note(rule.source, what)
            value = single(rule.source(root), rule.source.text)
            if value is not None:
                return rule, value
    return None


def single(value: Any, what: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value; of a list of equal ones, the one; of an empty list, None.

    Raises:
        RefusedError: the list has several.
    """
    if not isinstance(value, list):
        return value
    there = [one for one in value if one is not None]
    if any(one != there[0] for one in there):
        raise RefusedError(
            RefusalReason.INVALID, f"{what}: {shown(there)} are several, where one is needed"
        )
    return there[0] if there else None


def _converted(
    rule: ValueRule, value: object, target: str, root: Mapping[str, Any], reads: Reads
) -> Any:  # noqa: ANN401 - number or text
    try:
        return _in_its_unit(rule, root, target, reads).of(value, target, rule.source.text)
    except RefusedError:
        reads.note(rule.source, f"{REFUSED} {target}")
        raise


def _in_its_unit(rule: ValueRule, root: Mapping[str, Any], target: str, reads: Reads) -> Conversion:
    if rule.unit_from is None:
        return rule
    reads.note(rule.unit_from, f"the unit of {target}")
    unit = single(rule.unit_from(root), rule.unit_from.text)
    unit = rule.unit if unit is None else unit
    if not isinstance(unit, str):
        raise RefusedError(
            RefusalReason.INVALID,
            f"{rule.source.text}: no unit is said, neither by {rule.unit_from.text}",
        )
    return rule.in_unit(unit)


def _truth(value: object) -> bool:
    # As JMESPath sees it: 0 is a value that is there.
    return value is not None and value is not False and value not in ("", [], {})
