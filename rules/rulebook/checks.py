"""What is wrong with a rule although each of its values could be read."""

from collections.abc import Iterator, Mapping
from typing import Final

from province.devices import DeviceKind
from rules.rulebook.quantities import Quantity, quantities
from rules.rulebook.rule import (
    Absence,
    AnyRule,
    Limited,
    Match,
    Rate,
    Ratio,
    Rule,
    Texts,
    Threshold,
)
from rules.rulebook.subjects import OWN_KIND
from rules.rulebook.templates import check_template
from rules.rulebook.values import Globs
from runtime.documents import Path
from runtime.wording import did_you_mean

_KINDS: Final = (*DeviceKind, OWN_KIND)

Finding = tuple[Path, str]


def check_rule(rule: AnyRule, labels: Mapping[str, str]) -> Iterator[Finding]:
    """Yield place and message of each problem."""
    yield from check_match(rule.match)
    unknown = list(_unknown_metrics(rule))
    yield from unknown
    if isinstance(rule, Limited) and not unknown:
        yield from _check_unit(rule)
        yield from _check_range(rule)
    if isinstance(rule, Absence) and rule.hold and rule.intervals:
        yield ("intervals",), "for and intervals both say how long; one of them is enough"
    for key, texts in (("summary", rule.summary), ("description", rule.description)):
        yield from _check_texts(key, texts, {**labels, **rule.labels})


def check_match(match: Match) -> Iterator[Finding]:
    """Yield a problem for each kind that no device has."""
    for pattern in match.kind:
        if not any(Globs([pattern]).match(kind) for kind in _KINDS):
            said = f"no device is of kind {pattern!r}{did_you_mean(pattern, map(str, _KINDS))}"
            yield ("match", "kind"), said


def _unknown_metrics(rule: AnyRule) -> Iterator[Finding]:
    for path, metric in _metric_places(rule):
        if metric not in quantities():
            yield path, f"there is no metric {metric!r}{did_you_mean(metric, quantities())}"


def _metric_places(rule: AnyRule) -> Iterator[tuple[Path, str]]:
    if isinstance(rule, Ratio):
        if rule.share is not None:
            yield ("share", "metric"), rule.share.metric
        for key in ("numerator", "denominator"):
            if getattr(rule, key) is not None:
                yield (key,), getattr(rule, key)
    elif rule.metric is not None:
        yield ("metric",), rule.metric


def _check_unit(rule: Limited) -> Iterator[Finding]:
    if rule.unit is None:
        return
    expected = unit_of(rule)
    if expected is None:
        yield ("unit",), "a ratio has no unit"
    elif rule.unit != expected:
        metric = rule.metrics()[0]
        yield ("unit",), f"{rule.unit!r} is not the unit of {metric}; did you mean {expected!r}?"


def unit_of(rule: Rule) -> str | None:
    """Return the unit of a rule's value; None where it has none."""
    if isinstance(rule, Threshold | Rate):
        return quantities()[rule.metric].unit
    return "s" if isinstance(rule, Absence) else None


def _check_range(rule: Limited) -> Iterator[Finding]:
    if isinstance(rule, Ratio) and rule.share is not None:
        shared = quantities()[rule.share.metric]
        for key in ("above", "below"):
            yield from _outside(("share", key), getattr(rule.share, key), shared)
        yield from _limits_outside(rule, Quantity("", 0, 1))
    elif isinstance(rule, Threshold) and rule.take != "sum":
        yield from _limits_outside(rule, quantities()[rule.metric])


def _limits_outside(rule: Limited, quantity: Quantity) -> Iterator[Finding]:
    key = "above" if rule.above is not None else "below"
    for code, limit in rule.limits.items():
        path = (key, code) if isinstance(getattr(rule, key), dict) else (key,)
        yield from _outside(path, limit, quantity)
    yield from _outside(("clear",), rule.clear, quantity)


def _outside(path: Path, limit: float | None, quantity: Quantity) -> Iterator[Finding]:
    if limit is not None and not quantity.minimum <= limit <= quantity.maximum:
        yield (
            path,
            f"{limit:g} is outside of what can be:"
            f" {quantity.minimum:g} to {quantity.maximum:g} {quantity.unit}".rstrip(),
        )


def _check_texts(key: str, texts: Texts | None, labels: Mapping[str, str]) -> Iterator[Finding]:
    for language, template in texts.items() if texts is not None else ():
        said = check_template(template, language, labels)
        if said is not None:
            yield (key, language), said
