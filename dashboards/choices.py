"""Variables in a query, filled in as Grafana's page does it.

`$name`, `${name}`, `${name:format}` and `[[name]]`; global variables such as `$__interval` too. A
variable that the board does not have stays as it is, as on the page, and fails in the database.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import quote

from dashboards.errors import QueryError
from dashboards.screen import Chosen, Screen
from dashboards.time_range import interval_text

_VARIABLE: Final = re.compile(
    r"\$(?P<plain>\w+)"
    r"|\$\{(?P<braced>\w+)(?:\.(?P<path>[^:}]+))?(?::(?P<format>[^}]+))?\}"
    r"|\[\[(?P<old>\w+?)(?::(?P<old_format>\w+))?\]\]"
)


def fill_in_variables(text: str, screen: Screen) -> str:
    """Return the text with all variables filled in that the screen has.

    Raises:
        QueryError: a format that Grafana does not have.
    """
    return _VARIABLE.sub(lambda found: _variable(found, screen), text)


def _variable(found: re.Match[str], screen: Screen) -> str:
    name = found["plain"] or found["braced"] or found["old"]
    kind = found["format"] or found["old_format"]
    if name in screen.chosen:
        return _chosen(screen.chosen[name], kind)
    known = _global(name, kind, screen)
    return found[0] if known is None else known


def _chosen(chosen: Chosen, kind: str | None) -> str:
    if chosen.all_text is not None and kind not in {"text", "queryparam"}:
        # A text for `All` goes in as it stands, whatever format is asked for.
        return chosen.all_text
    if kind is None:
        return _data_source_quoting(chosen)
    if kind not in FORMATS:
        raise QueryError(f"no format :{kind} of variables; known are {', '.join(FORMATS)}")
    return FORMATS[kind](chosen.values)


def _data_source_quoting(chosen: Chosen) -> str:
    if not chosen.several:
        # The quotes stand in the query then.
        return chosen.values[0].replace("'", "''") if chosen.values else ""
    return ",".join(map(_quoted, chosen.values))


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _braced(values: tuple[str, ...], joined: str) -> str:
    return joined if len(values) != 1 else values[0]


FORMATS: Final[Mapping[str, Callable[[tuple[str, ...]], str]]] = {
    "raw": ",".join,
    "csv": ",".join,
    "text": " + ".join,
    "sqlstring": lambda values: ",".join(map(_quoted, values)),
    "singlequote": lambda values: ",".join(
        "'" + value.replace("'", "\\'") + "'" for value in values
    ),
    "doublequote": lambda values: ",".join(
        '"' + value.replace('"', '\\"') + '"' for value in values
    ),
    "pipe": "|".join,
    "distributed": ",".join,
    "glob": lambda values: _braced(values, "{" + ",".join(values) + "}"),
    "regex": lambda values: _braced(
        tuple(map(re.escape, values)), "(" + "|".join(map(re.escape, values)) + ")"
    ),
    "json": lambda values: json.dumps(
        values[0] if len(values) == 1 else values, ensure_ascii=False
    ),
    "percentencode": lambda values: quote(_braced(values, "{" + ",".join(values) + "}"), safe=""),
}
"""Formats of variables by the name after the colon."""


def _global(name: str, kind: str | None, screen: Screen) -> str | None:
    if name in {"__from", "__to"}:
        moment = screen.time.start_at if name == "__from" else screen.time.end_at
        return _moment(moment, kind)
    span = screen.time.span
    plain = {
        "__interval": interval_text(screen.step),
        "__interval_ms": str(round(screen.step / timedelta(milliseconds=1))),
        "__range": f"{round(span.total_seconds())}s",
        "__range_s": str(round(span.total_seconds())),
        "__range_ms": str(round(span / timedelta(milliseconds=1))),
        "__user": screen.login,
    }
    return plain.get(name)


def _moment(moment: datetime, kind: str | None) -> str:
    if kind == "date:seconds":
        return str(int(moment.timestamp()))
    if kind in {"date", "date:iso"}:
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(round(moment.timestamp() * 1000))
