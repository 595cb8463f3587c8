"""Queries: SQL in files, one file a board, each query with a name and its purpose.

A file of `dashboards/sql/` holds, query by query, a line `-- name: what it answers` and then the
statement. `@name` stands for a fragment of `sql/shared.sql`, so that no filter is written twice.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from dashboards.datasource import REFERENCE
from dashboards.errors import QueryError
from dashboards.text import Language, Text

_HEAD: Final = re.compile(r"^-- (\w+): (\S.*)$", re.MULTILINE)
_FRAGMENT: Final = re.compile(r"@([a-z_0-9]+)\b")


class Shape(StrEnum):
    """What Grafana makes of the rows."""

    TIME_SERIES = "time_series"
    """A column `time`; text columns name the series, the others are its values."""
    TABLE = "table"
    """The rows as they are."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel.

    Attributes:
        sql: with Grafana's macros and variables in it.
        shape: what Grafana makes of the rows.
        ref: its letter within the panel.
    """

    sql: str
    shape: Shape = Shape.TABLE
    ref: str = "A"

    def target(self) -> dict[str, Any]:
        """Return the query as a panel's target."""
        return {
            "refId": self.ref,
            "datasource": REFERENCE,
            "editorMode": "code",
            "rawQuery": True,
            "format": str(self.shape),
            "rawSql": in_languages(self.sql),
        }


def in_languages(sql: str) -> Text | str:
    """Return SQL in which `{language}` stands, for each language; other SQL as it is."""
    if "{language}" not in sql:
        return sql
    return Text(*(sql.replace("{language}", language) for language in Language))


@cache
def queries_of(board: str) -> Mapping[str, str]:
    """Return the queries of `sql/BOARD.sql` by name, fragments filled in.

    Raises:
        QueryError: a name stands there twice, or a fragment is not known.
    """
    fragments = {} if board == "shared" else queries_of("shared")
    text = files("dashboards").joinpath("sql", f"{board}.sql").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, body in _sections(text):
        if name in found:
            raise QueryError(f"sql/{board}.sql: a second query {name}")
        known = found if board == "shared" else fragments
        found[name] = _filled(body, known, f"sql/{board}.sql: {name}")
    return MappingProxyType(found)


def _sections(text: str) -> list[tuple[str, str]]:
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return [
        (head[1], _without_comments(text[head.end() : end]))
        for head, end in zip(heads, ends, strict=True)
    ]


def _without_comments(body: str) -> str:
    lines = (line.rstrip() for line in body.splitlines() if not line.lstrip().startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")


def _filled(body: str, fragments: Mapping[str, str], place: str) -> str:
    def fragment(found: re.Match[str]) -> str:
        if found[1] not in fragments:
            raise QueryError(f"{place}: no fragment @{found[1]} in sql/shared.sql")
        return fragments[found[1]]

    return _FRAGMENT.sub(fragment, body)
