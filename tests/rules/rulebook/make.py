"""Rulebooks, devices and runs for tests of the rulebook."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from textwrap import indent

import msgspec

from rules.rulebook.book import RuleBook
from rules.rulebook.changes import AlertChange, Sample
from rules.rulebook.engine import RuleBookEngine
from rules.rulebook.reader import parse_rulebook
from rules.rulebook.state import RuleBookState
from rules.rulebook.subjects import Subject

START = 1_767_200_400.0
"""Midnight in Dak Lak."""
TEXTS = 'summary: {en: "{{ name }} {{ value|number }}", vi: "{{ name }}"}\n'


def make_book(*rules: str, severity: str = "major") -> RuleBook:
    """Return a rulebook of rules without their severity and summary."""
    rest = f"severity: {severity}\n{TEXTS}"
    items = "".join(indent(f"- {indent(rule + rest, '  ').lstrip()}", "      ") for rule in rules)
    content = f"groups:\n  - group: g\n    rules:\n{items}"
    return parse_rulebook([(content.encode(), "book.yaml")])


def make_subjects(
    *codes: str, kind: str = "sensor", interval: float = 60.0, commune: str = "24133"
) -> dict[str, Subject]:
    """Return devices of one kind and commune."""
    return {code: Subject(code, kind, interval, code.upper(), commune) for code in codes}


def sample(minute: float, value: float, device: str = "d", metric: str = "water_level_m") -> Sample:
    """Return a value of a minute after the start."""
    return Sample(START + 60 * minute, device, {metric: value})


def copied(state: RuleBookState) -> RuleBookState:
    """Return a state as it is after it was written down and read again."""
    return msgspec.json.decode(msgspec.json.encode(state), type=RuleBookState)


class Run:
    """An engine that is told values minute by minute, and what it said.

    Args:
        restarts: numbers of steps after which it goes on from its written state.
    """

    def __init__(
        self, book: RuleBook, subjects: Mapping[str, Subject], restarts: Iterable[int] = ()
    ) -> None:
        self.book, self.subjects = book, subjects
        self.engine = RuleBookEngine(book, subjects)
        self.changes: list[AlertChange] = []
        self._restarts = frozenset(restarts)
        self._steps = 0

    def step(self, samples: Iterable[Sample], minute: float) -> list[AlertChange]:
        """Deliver values at a minute after the start."""
        said = self.engine.advance(samples, START + 60 * minute)
        self.changes += said
        if self._steps in self._restarts:
            state = copied(self.engine.state)
            self.engine = RuleBookEngine(self.book, self.subjects, state)
        self._steps += 1
        return said

    def values(self, *values: float | None, first: float = 0) -> list[AlertChange]:
        """Deliver the values of one device, a minute apart."""
        before = len(self.changes)
        for number, value in enumerate(values):
            given = [] if value is None else [sample(first + number, value)]
            self.step(given, first + number)
        return self.changes[before:]

    @property
    def told(self) -> list[tuple[str, float, str]]:
        """What was said: action, minute, reason."""
        return [(one.action.value, (one.at - START) / 60, one.reason) for one in self.changes]

    def last(self) -> tuple[str, float, str]:
        """Return what was said last."""
        return self.told[-1]


def as_dicts(changes: Iterable[AlertChange]) -> list[dict[str, object]]:
    """Return changes as plain values, to compare and to show."""
    return [asdict(change) for change in changes]
