"""Macros in a query, filled in as Grafana's PostgreSQL data source does it, timescaledb on.

`$__timeFilter(column)` and the like. A macro it does not know is an error there, and one here.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from dashboards.errors import QueryError
from dashboards.time_range import TimeRange

# No bracket may stand inside of the brackets: the data source's own pattern has this limit.
_MACRO: Final = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
_INTERVAL: Final = re.compile(r"^(\d+)(ms|s|m|h|d|w|M|y)$")
_UNITS: Final = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "M": timedelta(days=30),
    "y": timedelta(days=365),
}


def fill_in_macros(sql: str, time: TimeRange) -> str:
    """Return the SQL with all macros filled in.

    Raises:
        QueryError: a macro that the data source does not know, or with wrong arguments.
    """
    # These four have empty brackets and are replaced before all others.
    for name, moment in (("From", time.start_at), ("To", time.end_at)):
        sql = sql.replace(f"$__unixEpoch{name}()", str(int(moment.timestamp())))

    def macro(found: re.Match[str]) -> str:
        name = found[1]
        if name == "__timeGroup" and sql[found.end() : found.end() + 1] == ",":
            # A comma right behind the brackets: the column is named too.
            name = "__timeGroupAlias"
        arguments = [one.strip(" ") for one in found[2].split(",")]
        return _macro(name, arguments, time)

    return _MACRO.sub(macro, sql)


def _macro(name: str, arguments: list[str], time: TimeRange) -> str:
    if name.endswith("Alias") and name.removesuffix("Alias") in _MACROS:
        return _macro(name.removesuffix("Alias"), arguments, time) + ' AS "time"'
    if name not in _MACROS:
        raise QueryError(f"unknown macro {name!r}")
    least, fill_in = _MACROS[name]
    if len([one for one in arguments if one]) < least:
        raise QueryError(f"macro {name} needs {least} arguments, not {arguments}")
    return fill_in(arguments, time)


def _literal(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    fraction = f".{utc.microsecond:06}".rstrip("0") if utc.microsecond else ""
    return f"'{utc:%Y-%m-%dT%H:%M:%S}{fraction}Z'"


def _seconds(text: str) -> float:
    found = _INTERVAL.match(text.strip("'"))
    if found is None:
        raise QueryError(f"error parsing interval {text}")
    return (int(found[1]) * _UNITS[found[2]]).total_seconds()


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000_000 + moment.microsecond * 1_000


def _number(seconds: float) -> str:
    return str(int(seconds)) if seconds.is_integer() else repr(seconds)


Macro = Callable[[list[str], TimeRange], str]

_MACROS: Final[Mapping[str, tuple[int, Macro]]] = {
    "__time": (1, lambda a, _: f'{a[0]} AS "time"'),
    "__timeEpoch": (1, lambda a, _: f'extract(epoch from {a[0]}) as "time"'),
    "__timeFilter": (
        1,
        lambda a, time: f"{a[0]} BETWEEN {_literal(time.start_at)} AND {_literal(time.end_at)}",
    ),
    "__timeFrom": (0, lambda _, time: _literal(time.start_at)),
    "__timeTo": (0, lambda _, time: _literal(time.end_at)),
    # Of a data source with timescaledb on, as ours has.
    "__timeGroup": (2, lambda a, _: f"time_bucket('{_seconds(a[1]):.3f}s',{a[0]})"),
    "__unixEpochFilter": (
        1,
        lambda a, time: (
            f"{a[0]} >= {int(time.start_at.timestamp())} AND "
            f"{a[0]} <= {int(time.end_at.timestamp())}"
        ),
    ),
    "__unixEpochNanoFilter": (
        1,
        lambda a, time: (
            f"{a[0]} >= {_nanoseconds(time.start_at)} AND {a[0]} <= {_nanoseconds(time.end_at)}"
        ),
    ),
    "__unixEpochNanoFrom": (0, lambda _, time: str(_nanoseconds(time.start_at))),
    "__unixEpochNanoTo": (0, lambda _, time: str(_nanoseconds(time.end_at))),
    "__unixEpochGroup": (
        2,
        lambda a, _: f"floor(({a[0]})/{_number(_seconds(a[1]))})*{_number(_seconds(a[1]))}",
    ),
}
"""Macros of the data source: how many arguments each needs, and what it becomes."""
