"""What differs between what a timeline expects and what there is."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rules.model import IncidentNotice
from rules.rulebook.machine import Standing
from rules.rulebook.state import Status
from rules.rulebook.timelines.model import ExpectedAlert, ExpectedIncident

_OPEN: Final = frozenset({Status.FIRING, Status.UNKNOWN})


def alert_differences(
    expected: Iterable[ExpectedAlert], actual: Iterable[Standing]
) -> Iterator[str]:
    """Yield a line for each alert that is missing, not expected, or not as expected.

    What is only pending may be left out of what is expected.
    """
    left = list(actual)
    for wanted in expected:
        found = _best(wanted, left)
        if found is None:
            near = [one for one in left if one.rule == wanted.rule]
            got = f"; it is {near[0].status} on {near[0].device or dict(near[0].labels)}"
            yield f"- {_wanted(wanted)}: missing{got if near else ''}"
        else:
            left.remove(found)
            yield from (f"! {_wanted(wanted)}: {said}" for said in _unlike(wanted, found))
    for one in left:
        if one.told is not None and one.status in _OPEN:
            yield f"+ {_given(one)}: not expected"


def _best(wanted: ExpectedAlert, left: Sequence[Standing]) -> Standing | None:
    fitting = [one for one in left if _fits(wanted, one)]
    # Of several that fit, the one with the least to say against.
    return min(fitting, key=lambda one: len(list(_unlike(wanted, one))), default=None)


def _fits(wanted: ExpectedAlert, one: Standing) -> bool:
    if one.rule != wanted.rule or one.status is Status.INACTIVE:
        return wanted.state is Status.INACTIVE and one.rule == wanted.rule
    if wanted.device is not None and one.device != wanted.device:
        return False
    return wanted.labels.items() <= dict(one.labels).items()


def _unlike(wanted: ExpectedAlert, one: Standing) -> Iterator[str]:
    if one.status is not wanted.state:
        yield f"state: expected {wanted.state}, is {one.status}"
    if one.told is None:
        return
    if wanted.severity is not None and one.told.severity is not wanted.severity:
        yield f"severity: expected {wanted.severity}, is {one.told.severity}"
    for key in ("summary", "description"):
        said: dict[str, str] = getattr(one.told, key)
        for language, text in getattr(wanted, key).items():
            if said.get(language) != text:
                yield f"{key}.{language}: expected {text!r}, is {said.get(language)!r}"


def _wanted(wanted: ExpectedAlert) -> str:
    labels = "".join(f", {name} {value}" for name, value in sorted(wanted.labels.items()))
    device = f", device {wanted.device}" if wanted.device is not None else ""
    return f"{wanted.rule}{device}{labels}"


def _given(one: Standing) -> str:
    told = one.told
    summary = told.summary.get("en", "") if told is not None else ""
    return f"{one.rule}, device {one.device or '-'}, {one.status}: {summary}"


def incident_differences(
    expected: Iterable[ExpectedIncident], actual: Iterable[IncidentNotice]
) -> Iterator[str]:
    """Yield a line for each incident that is missing, not expected, or not as expected."""
    left = list(actual)
    for wanted in expected:
        alike = [one for one in left if one.incident_class is wanted.incident_class]
        found = min(alike, key=lambda one: len(list(_other(wanted, one))), default=None)
        if found is None:
            yield f"- {wanted.incident_class} {_roots(wanted.root or ())}: missing"
            continue
        left.remove(found)
        name = f"{wanted.incident_class} {_roots(found.root)}"
        yield from (f"! {name}: {said}" for said in _other(wanted, found))
    for one in left:
        if one.notified:
            yield f"+ {one.incident_class} {_roots(one.root)} ({one.reason}): not expected"


def _other(wanted: ExpectedIncident, one: IncidentNotice) -> Iterator[str]:
    if wanted.root is not None and set(wanted.root) != set(one.root):
        yield f"root: expected {_roots(wanted.root)}, is {_roots(one.root)}"
    if wanted.villages is not None and set(wanted.villages) != set(one.villages):
        yield f"villages: expected {_roots(wanted.villages)}, is {_roots(one.villages)}"
    if wanted.planned is not None and wanted.planned is not one.planned:
        yield f"planned: expected {wanted.planned}, is {one.planned}"
    if wanted.notified is not one.notified:
        yield f"notified: expected {wanted.notified}, is {one.notified}"


def _roots(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or "none"
