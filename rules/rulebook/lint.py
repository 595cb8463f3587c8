"""What looks wrong with a rulebook in the light of an inventory: warnings, not errors."""

from collections.abc import Iterator, Mapping
from typing import Final

from province.devices import DeviceKind
from rules.rulebook.book import BookRule, RuleBook
from rules.rulebook.quantities import LINK_QUANTITIES, OWN_INSTRUMENTS
from rules.rulebook.rule import NO_TIME, Absence, Limited, Ratio
from rules.rulebook.subjects import OWN_KIND, Subject
from rules.rulebook.values import Globs

_FACETS: Final = ("kind", "commune", "operator", "village", "code")


def warnings(book: RuleBook, subjects: Mapping[str, Subject]) -> Iterator[str]:
    """Yield a line for each thing that can hardly be meant: `file:line: group, rule: message`."""
    for entry in book.rules:
        group, _, rule = entry.name.partition("/")
        for message in (*_reach(entry, subjects), *_holds(entry, subjects)):
            yield f"{entry.source}: {group}, {rule}: {message}"


def _reach(entry: BookRule, subjects: Mapping[str, Subject]) -> Iterator[str]:
    matched = [one for one in subjects.values() if one.matches(entry.match)]
    if not matched:
        yield "it is about no device of the inventory"
        return
    for facet in _FACETS:
        known = {str(getattr(one, facet)) for one in subjects.values()} - {"None"}
        for pattern in getattr(entry.match, facet):
            if not any(Globs([pattern]).match(code) for code in known):
                yield f"match.{facet}: {pattern!r} matches nothing of the inventory"
    yield from _limits(entry, matched)
    for metric in entry.rule.metrics():
        if not any(_can_send(one, metric) for one in matched):
            yield f"none of its devices can send {metric}"


def _limits(entry: BookRule, matched: list[Subject]) -> Iterator[str]:
    rule = entry.rule
    if not isinstance(rule, Limited) or set(rule.limits) == {"*"} or isinstance(rule, Ratio):
        return
    key = "above" if rule.above is not None else "below"
    idle = [
        pattern
        for pattern in rule.limits
        if not any(Globs([pattern]).match(one.code) for one in matched)
    ]
    if idle:
        yield f"{key}: no device of it is named {', '.join(idle)}"


def _can_send(subject: Subject, metric: str) -> bool:
    if subject.kind == OWN_KIND or metric in OWN_INSTRUMENTS:
        return subject.kind == OWN_KIND and metric in OWN_INSTRUMENTS
    only_link = metric in LINK_QUANTITIES and metric != "battery_percent"
    return subject.kind != DeviceKind.SENSOR or not only_link


def _holds(entry: BookRule, subjects: Mapping[str, Subject]) -> Iterator[str]:
    hold = entry.rule.hold
    matched = [one.interval for one in subjects.values() if one.matches(entry.match)]
    if hold == NO_TIME or not matched:
        return
    seconds, slowest = hold.total_seconds(), max(matched)
    least = 2 * slowest if isinstance(entry.rule, Absence) else slowest
    if seconds < least:
        what = "two intervals" if isinstance(entry.rule, Absence) else "the interval"
        yield f"for: {seconds:g} s is shorter than {what} of a device of it ({least:g} s)"
