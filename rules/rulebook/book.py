"""The rulebook, as it was read: all rules of all files."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from rules.rulebook.rule import AnyRule, Match


@dataclass(frozen=True, slots=True)
class BookRule:
    """A rule, and where it stands.

    Attributes:
        name: `group/rule`.
        match: the rule's, with the group's where the rule says nothing.
        labels: the group's and the rule's.
        source: `file:line`.
        signature: what the rule's state belongs to, by `signature_of`.
    """

    name: str
    rule: AnyRule
    match: Match
    labels: dict[str, str]
    source: str
    signature: str


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules, in the order of their files, and the files."""

    rules: tuple[BookRule, ...] = ()
    files: tuple[Path, ...] = ()


def signature_of(name: str, rule: AnyRule, labels: Mapping[str, str]) -> str:
    """Return what the state of a rule belongs to: its name, kind, metrics, window and labels.

    A rule with another limit is the same rule, and its alerts stay open; one that reads something
    else, or is labelled otherwise, is another.
    """
    parts = (
        name,
        rule.kind,
        rule.metrics(),
        getattr(rule, "over", None),
        getattr(rule, "take", None),
        getattr(rule, "by", None),
        sorted(labels.items()),
    )
    return sha256(repr(parts).encode()).hexdigest()[:16]
