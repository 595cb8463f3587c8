"""Time robustness: wrong clocks, duplicates and late messages must not change what is said."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from simulators.score.gates import Gate, judged
from simulators.score.incidents import IncidentLog

Claim = tuple[str, str, tuple[str, ...], tuple[str, ...]]
"""Class, action, root and villages of an incident's line: what it says without names and times."""


def time_gate(log: IncidentLog, twin: IncidentLog | None) -> Gate:
    """Count what was said in this run and not in its twin without faults, or the reverse."""
    if twin is None:
        return Gate()
    return judged([*_claims_apart(log, twin), *_books_apart(log, twin)])


def _claims_apart(log: IncidentLog, twin: IncidentLog) -> Iterator[str]:
    here, there = Counter(_claims(log)), Counter(_claims(twin))
    for claim in (here - there).elements():
        yield f"only with the faults: {_words(claim)}"
    for claim in (there - here).elements():
        yield f"only without the faults: {_words(claim)}"


def _claims(log: IncidentLog) -> Iterator[Claim]:
    for incident in log.incidents:
        for said in incident.said:
            yield said.incident_class, said.action, said.root, said.villages


def _words(claim: Claim) -> str:
    incident_class, action, root, villages = claim
    return f"{action} {incident_class} of {', '.join(root) or '?'} ({len(villages)} villages)"


def _books_apart(log: IncidentLog, twin: IncidentLog) -> Iterator[str]:
    here, there = _courses(log), _courses(twin)
    for village in sorted(here.keys() | there.keys()):
        if here.get(village) != there.get(village):
            yield f"village {village!r} goes through other states than without the faults"


def _courses(log: IncidentLog) -> Mapping[str, Sequence[str]]:
    """Return the states that each village goes through, without repetitions."""
    courses: dict[str, list[str]] = defaultdict(list)
    for line in log.books:
        course = courses[line.village]
        if not course or course[-1] != line.state:
            course.append(line.state)
    return courses
