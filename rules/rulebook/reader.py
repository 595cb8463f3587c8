"""Reading rulebooks: YAML files whole or not at all, with every problem in them at once."""

import re
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path as FilePath
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field

from rules.rulebook.book import BookRule, RuleBook, signature_of
from rules.rulebook.checks import check_match, check_rule
from rules.rulebook.errors import RuleBookError
from rules.rulebook.rule import KINDS, AnyRule, Match, Text
from rules.rulebook.values import LabelName, Name
from runtime.documents import Document, DocumentError, Path, Problem, parse_document
from runtime.wording import did_you_mean, joined, validated

SHIPPED: Final = FilePath(str(resources.files("rules.rulebook") / "shipped"))
"""The directory of the rulebook that comes with Srepok."""

_TESTS: Final = re.compile(rb"^tests[ ]*:", re.MULTILINE)
_GROUPS: Final = re.compile(rb"^groups[ ]*:", re.MULTILINE)
_STANDINS: Final = {
    "rule": "x",
    "severity": "warning",
    "summary": {"en": "x", "vi": "x"},
}
"""For keys that are wrong, so that the rest can be checked all the same."""
_CLEAR_KEYS: Final = frozenset({"clear", "clear_by"})
_LIMIT_KEYS: Final = _CLEAR_KEYS | {"above", "below", "for", "intervals", "share", "by"}
"""Without one of these a rule is wrong as a whole, which says nothing new."""


class _Group(BaseModel):
    """A group without its rules."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    group: Name
    match: Match = Match()
    labels: dict[LabelName, Text] = Field(default_factory=dict)
    rules: Annotated[list[Any], Field(max_length=0)]


class _File(BaseModel):
    """A file without its groups."""

    model_config = ConfigDict(strict=True, extra="forbid")

    groups: list[Any]


def rulebook_files(paths: Sequence[FilePath]) -> tuple[FilePath, ...]:
    """Return the files themselves, and of directories the `.yaml` files by name.

    Files of timelines, which may stand beside the rules in a directory, are left out.

    Raises:
        OSError: a path is not there.
    """
    return _files(paths, timelines=False)


def timeline_files(paths: Sequence[FilePath]) -> tuple[FilePath, ...]:
    """Return the files themselves, and of directories the files of timelines by name.

    Raises:
        OSError: a path is not there.
    """
    return _files(paths, timelines=True)


def _files(paths: Sequence[FilePath], *, timelines: bool) -> tuple[FilePath, ...]:
    found: list[FilePath] = []
    for path in paths:
        if path.is_dir():
            beside = sorted(path.glob("*.yaml"))
            found += [file for file in beside if _has_timelines(file) is timelines]
        else:
            path.stat()
            found.append(path)
    return tuple(found)


def _has_timelines(file: FilePath) -> bool:
    """Whether it begins with `tests` where a rulebook has `groups`, whatever else is wrong."""
    content = file.read_bytes()
    return _TESTS.search(content) is not None and _GROUPS.search(content) is None


def read_rulebook(*paths: FilePath) -> RuleBook:
    """Read a rulebook from files and directories; without any, the shipped one.

    Raises:
        RuleBookError: with every problem in them.
        OSError: a file cannot be read.
    """
    files = rulebook_files(paths or (SHIPPED,))
    return parse_rulebook([(file.read_bytes(), str(file)) for file in files], files)


def parse_rulebook(
    contents: Sequence[tuple[bytes, str]], files: tuple[FilePath, ...] = ()
) -> RuleBook:
    """Read a rulebook from the contents of its files, each with its name for messages.

    Raises:
        RuleBookError: with every problem in them.
    """
    rules: list[BookRule] = []
    problems: list[str] = []
    places: dict[str, str] = {}
    for content, source in contents:
        try:
            document = parse_document(content)
        except DocumentError as error:
            problems.append(f"{source}:{error.line}: {error.message}")
            continue
        reading = _Reading(document, source, places)
        rules += reading.read()
        problems += reading.messages()
    if not problems and not rules:
        problems.append("the rulebook has no rule")
    if problems:
        raise RuleBookError(tuple(problems))
    return RuleBook(tuple(rules), files)


class _Reading:
    """One file on its way into a rulebook.

    Args:
        places: where each rule stands that was read before, by `group/rule`; it is added to.
    """

    def __init__(self, document: Document, source: str, places: dict[str, str]) -> None:
        self._document = document
        self._source = source
        self._places = places
        self._problems = list(document.problems)

    def read(self) -> list[BookRule]:
        value = self._document.value
        if not isinstance(value, dict):
            self._add((), "not a mapping: a rulebook begins with groups")
            return []
        self._check(
            _File,
            {key: inner for key, inner in value.items() if key != "groups"}
            | ({"groups": []} if isinstance(value.get("groups"), list) else {}),
            (),
        )
        groups = value.get("groups")
        if not isinstance(groups, list):
            return []
        return [rule for at, group in enumerate(groups) for rule in self._group(group, at)]

    def messages(self) -> Iterator[str]:
        """Yield a line for each problem."""
        for problem in sorted(self._problems, key=lambda problem: problem.line):
            head, rest = self._place(problem.path)
            parts = [part for part in (head, rest, problem.message) if part]
            yield f"{self._source}:{problem.line}: {': '.join(parts)}"

    def _group(self, value: object, at: int) -> Iterator[BookRule]:
        path: Path = ("groups", at)
        if not isinstance(value, dict):
            self._add(path, "not a mapping: a group has keys such as group and rules")
            return
        rules = value.get("rules")
        shell = {**value, "rules": []} if isinstance(rules, list) else value
        group = self._check(_Group, shell, path)
        for inner, message in check_match(group.match) if group is not None else ():
            self._add((*path, *inner), message)
        # Rules are read also where the group is wrong, so that nothing hides anything else.
        for number, each in enumerate(rules if isinstance(rules, list) else ()):
            rule = self._rule(each, (*path, "rules", number), group)
            if rule is not None and group is not None:
                yield self._booked(rule, group, (*path, "rules", number))

    def _rule(self, value: object, path: Path, group: _Group | None) -> AnyRule | None:
        if not isinstance(value, dict):
            self._add(path, "not a mapping: a rule has keys such as rule, kind and severity")
            return None
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            said = "is missing" if "kind" not in value else f"there is no kind {kind!r}"
            self._add((*path, "kind"), f"{said}{did_you_mean(str(kind), KINDS)}")
            return None
        rule: AnyRule | None = self._check(KINDS[kind], value, path)
        readable = rule if rule is not None else self._readable(KINDS[kind], value, path)
        if readable is not None:
            known = {problem.path for problem in self._problems}
            for inner, message in check_rule(readable, group.labels if group is not None else {}):
                if (*path, *inner) not in known:
                    self._add((*path, *inner), message)
        return rule

    def _readable(self, kind: type[BaseModel], value: dict[str, Any], path: Path) -> AnyRule | None:
        """Return a rule without its wrong keys, to look for what else is wrong with it."""
        wrong = {where[0] for where, _ in validated(kind, value, ())[1] if where}
        standins = {key: one for key, one in _STANDINS.items() if key in wrong}
        rest = {key: one for key, one in value.items() if key not in wrong} | standins
        readable: AnyRule | None
        readable, problems = validated(kind, rest, ())
        if readable is None:
            told = {problem.message for problem in self._problems if problem.path == path}
            for where, message in problems if not wrong & _LIMIT_KEYS else ():
                if not where and message not in told:
                    self._add(path, message)
            unlimited = {key: one for key, one in rest.items() if key not in _CLEAR_KEYS}
            readable = validated(kind, unlimited, ())[0]
        return readable

    def _booked(self, rule: AnyRule, group: _Group, path: Path) -> BookRule:
        name = f"{group.group}/{rule.rule}"
        here = f"{self._source}:{self._document.line(path)}"
        first = self._places.setdefault(name, here)
        if first != here:
            self._add(path, f"a second rule of this name; the first is in {first}")
        # What the rule says of a facet stands; the group speaks for the others.
        given = {
            facet: getattr(match, facet)
            for match in (group.match, rule.match)
            for facet in match.model_fields_set
        }
        match = Match.model_construct(**{**dict(Match()), **given})
        labels = {**group.labels, **rule.labels}
        return BookRule(name, rule, match, labels, here, signature_of(name, rule, labels))

    def _check(self, model: type[BaseModel], value: object, path: Path) -> Any:  # noqa: ANN401 - the model's
        checked, problems = validated(model, value, path)
        for where, message in problems:
            self._add(where, message)
        return checked

    def _add(self, path: Path, message: str) -> None:
        self._problems.append(Problem(self._document.line(path), path, message))

    def _place(self, path: Path) -> tuple[str, str]:
        """Return `group, rule` and the key within it."""
        value: Any = self._document.value
        names: list[str] = []
        rest = path
        for key, name in (("groups", "group"), ("rules", "rule")):
            if rest[:1] != (key,) or len(rest) == 1:
                break
            value = value[key][rest[1]]
            given = value.get(name) if isinstance(value, dict) else None
            names.append(given if isinstance(given, str) else f"{name} {int(rest[1]) + 1}")
            rest = rest[2:]
        return ", ".join(names), joined(rest)
