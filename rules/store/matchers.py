"""Matchers of silences and shelves, held against what there is: a misspelt one would hold nothing.

An expression may match what is yet to come, so only what is compared as it stands is looked up.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from psycopg import AsyncConnection

from rules.incidents.mutes import FIELDS, Matcher, MatcherError, Operator
from rules.incidents.patterns import check_pattern
from rules.model import IncidentClass, Severity
from rules.store.places import check_place, load_names
from rules.store.queries import query
from runtime.wording import did_you_mean

_AS_IT_STANDS: Final = frozenset({Operator.EQUAL, Operator.NOT_EQUAL})
_PLACES: Final = ("device",)
"""A label that alerts have, and that is no field of incidents."""
_WORDS: Final[Mapping[str, Collection[str]]] = {
    "class": tuple(str(each) for each in IncidentClass),
    "severity": tuple(str(each) for each in Severity),
}


async def check_matchers(
    connection: AsyncConnection, matchers: Iterable[Matcher], *, any_label: bool = False
) -> None:
    """Make sure that each matcher asks for something that incidents have, and that there is.

    Args:
        connection: reads the inventory, and the labels that alerts have had.
        matchers: of a mute that is to be made.
        any_label: names may be of labels that no alert has had yet.

    Raises:
        MatcherError: a name, class or severity is unknown, or a root, naming what comes near; or a
            pattern could take for ever.
        UnknownPlaceError: so is a commune or operator.
    """
    labels: tuple[str, ...] | None = None
    for matcher in matchers:
        _check_pattern(matcher)
        if matcher.name in FIELDS:
            await _check_value(connection, matcher)
        elif not any_label:
            labels = labels or (*_PLACES, *await _column(connection, "labels"))
            if matcher.name not in labels:
                near = did_you_mean(matcher.name, (*FIELDS, *labels))
                raise MatcherError(
                    f"matcher {matcher}: no incident has a {matcher.name!r}, and no alert had such"
                    f" a label yet{near}"
                )


def _check_pattern(matcher: Matcher) -> None:
    if matcher.operator.by_pattern:
        try:
            check_pattern(matcher.value)
        except ValueError as error:
            raise MatcherError(f"matcher {matcher}: {error}") from None


async def _check_value(connection: AsyncConnection, matcher: Matcher) -> None:
    name, value = matcher.name, matcher.value
    if matcher.operator not in _AS_IT_STANDS or not value:
        return
    if name in {"commune", "operator"}:
        check_place(await load_names(connection), f"matcher {matcher}", name, value)
    elif name in _WORDS and value not in _WORDS[name]:
        near = did_you_mean(value, _WORDS[name])
        raise MatcherError(f"matcher {matcher}: there is no {name} {value!r}{near}")
    elif name == "root":
        roots = await _column(connection, "roots")
        if value not in roots:
            near = did_you_mean(value, roots)
            raise MatcherError(f"matcher {matcher}: the inventory has nothing of that code{near}")


async def _column(connection: AsyncConnection, name: str) -> tuple[str, ...]:
    rows = await (await connection.execute(query(name))).fetchall()
    return tuple(row[0] for row in rows)
