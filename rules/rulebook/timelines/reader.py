"""Reading files of timelines: whole or not at all, with every problem in them at once."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath

from province.inventory import Inventory, read_inventory
from rules.rulebook.book import RuleBook
from rules.rulebook.errors import TimelineError
from rules.rulebook.quantities import quantities
from rules.rulebook.reader import read_rulebook
from rules.rulebook.timelines.model import TimelineFile
from runtime.documents import Document, DocumentError, Path, parse_document
from runtime.wording import did_you_mean, joined, validated


@dataclass(frozen=True)
class Suite:
    """A file of timelines, and what it names.

    Attributes:
        lines: of each moment, by the numbers of test and moment.
    """

    source: str
    file: TimelineFile
    book: RuleBook
    inventory: Inventory
    lines: Mapping[tuple[int, int], int]


def read_timelines(path: FilePath) -> Suite:
    """Read a file of timelines, its rulebook and its inventory.

    Raises:
        TimelineError: with every problem in it.
        RuleBookError: with every problem in its rulebook.
        InventoryError: with every problem in its inventory.
        OSError: a file cannot be read.
    """
    return parse_timelines(path.read_bytes(), str(path), path.parent)


def parse_timelines(content: bytes, source: str, directory: FilePath) -> Suite:
    """Read timelines from the content of their file; paths in it are below the directory.

    Raises:
        TimelineError: with every problem in it.
        RuleBookError: with every problem in its rulebook.
        InventoryError: with every problem in its inventory.
        OSError: a file that it names cannot be read.
    """
    try:
        document = parse_document(content)
    except DocumentError as error:
        raise TimelineError((f"{source}:{error.line}: {error.message}",)) from None
    file, problems = validated(TimelineFile, document.value, ())
    problems = [(problem.path, problem.message) for problem in document.problems] + problems
    book = read_rulebook(*(directory / one for one in _texts(document.value, "rulebook")))
    if file is not None:
        problems += _unknown(file, book)
    if file is None or problems:
        raise TimelineError(tuple(_told(problems, document, source)))
    inventory = read_inventory(directory / file.inventory) if file.inventory else Inventory()
    lines = {
        (number, at): document.line(("tests", number, "expect", at))
        for number, test in enumerate(file.tests)
        for at in range(len(test.expect))
    }
    return Suite(source, file, book, inventory, lines)


def _texts(value: object, key: str) -> list[str]:
    given = value.get(key) if isinstance(value, dict) else None
    texts = given if isinstance(given, list) else [given]
    return [one for one in texts if isinstance(one, str)]


def _unknown(file: TimelineFile, book: RuleBook) -> list[tuple[Path, str]]:
    """Return a problem for each metric and rule that there is not."""
    rules = [entry.name for entry in book.rules]
    named: list[tuple[Path, str, str, Collection[str]]] = []
    for number, test in enumerate(file.tests):
        for at, series in enumerate(test.input):
            path: Path = ("tests", number, "input", at, "metric")
            named.append((path, "metric", series.metric, quantities()))
        for at, moment in enumerate(test.expect):
            for place, alert in enumerate(moment.alerts or ()):
                path = ("tests", number, "expect", at, "alerts", place, "rule")
                named.append((path, "rule", alert.rule, rules))
    return [
        (path, f"there is no {what} {name!r}{did_you_mean(name, known)}")
        for path, what, name, known in named
        if name not in known
    ]


def _told(problems: list[tuple[Path, str]], document: Document, source: str) -> list[str]:
    lines = sorted((document.line(path), path, said) for path, said in problems)
    return [
        f"{source}:{line}: {joined(path)}: {said}" if path else f"{source}:{line}: {said}"
        for line, path, said in lines
    ]
