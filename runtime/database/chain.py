"""The chain of migration files: reading them, and splitting one into statements.

A file is `NNNN_name.sql`. Its first lines may be headers:

    -- no-transaction            statement by statement, each commits and each can be repeated
    -- requires: community       skipped on the Apache edition, until the edition changes
    -- requires: apache          skipped on the Community edition
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

from runtime.database.capabilities import Edition
from runtime.database.errors import ChainError

_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+\.sql\Z")
_HEADER: Final = re.compile(r"-- *(no-transaction|requires)\b:? *(.*)\Z")

_TOKEN: Final = re.compile(
    r"""
      --[^\n]*                              # comment to the end of the line
    | /\*.*?\*/                             # comment; ours are not nested
    | '(?:[^']|'')*'                        # string, standard_conforming_strings
    | "(?:[^"]|"")*"                        # quoted name
    | (?P<dollar>\$[A-Za-z_]*\$).*?(?P=dollar)
    | (?P<end>;)
    | .                                     # anything else
    """,
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of the chain.

    Attributes:
        version: its number.
        name: its file name.
        text: its SQL, with line ends normalised.
        requires: the edition it is for; None: any.
        transactional: whether it is applied in one transaction.
    """

    version: int
    name: str
    text: str
    requires: Edition | None
    transactional: bool

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a file, and the line on which it begins, counted from 1."""

    text: str
    line: int


def shipped_chain() -> tuple[Migration, ...]:
    """Return the chain that this version of the program was written for."""
    return read_chain(resources.files("runtime.database") / "migrations")


def read_chain(folder: Traversable) -> tuple[Migration, ...]:
    """Read every `.sql` file of a folder, in the order of their numbers.

    Raises:
        ChainError: a name or a header is not of the form, or the numbers are not 1, 2, 3, ...
    """
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    chain = tuple(
        parse_migration(file.name, file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
    )
    for expected, migration in enumerate(chain, 1):
        if migration.version != expected:
            raise ChainError(f"{migration.name}: expected number {expected:04} at this place")
    return chain


def parse_migration(name: str, text: str) -> Migration:
    """Return the migration that a file holds.

    Raises:
        ChainError: naming the file and what is wrong with its name or a header.
    """
    match = _NAME.match(name)
    if match is None:
        raise ChainError(f"{name}: a migration is named NNNN_lower_case_words.sql")
    normalised = text.replace("\r\n", "\n").replace("\r", "\n")
    requires, transactional = None, True
    for header, value in _headers(normalised):
        if header == "no-transaction" and not value:
            transactional = False
        elif header == "requires" and value in set(Edition):
            requires = Edition(value)
        else:
            raise ChainError(f"{name}: header '{header}' cannot be '{value}'")
    return Migration(int(match[1]), name, normalised, requires, transactional)


def _headers(text: str) -> Iterator[tuple[str, str]]:
    for line in text.split("\n"):
        if not line.startswith("--"):
            return
        if match := _HEADER.match(line):
            yield match[1], match[2].strip()


def split_statements(text: str) -> Sequence[Statement]:
    """Split SQL at the semicolons that end statements, not those in strings or bodies."""
    statements: list[Statement] = []
    start = 0
    for token in _TOKEN.finditer(text):
        if token["end"]:
            statements += _statement(text, start, token.start())
            start = token.end()
    statements += _statement(text, start, len(text))
    return statements


def _statement(text: str, start: int, end: int) -> list[Statement]:
    """Return the statement between two offsets; none if there are only comments and space."""
    for token in _TOKEN.finditer(text, start, end):
        if not token[0].isspace() and not token[0].startswith(("--", "/*")):
            line = text.count("\n", 0, token.start()) + 1
            return [Statement(text[token.start() : end].rstrip(), line)]
    return []
