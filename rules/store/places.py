"""Places that people name by code: what is unknown is refused, with what comes near it."""

import difflib
import unicodedata
from collections.abc import Mapping
from typing import Final

from psycopg import AsyncConnection

from rules.errors import UsageError
from rules.store.queries import query

_SHOWN: Final = 3


class UnknownPlaceError(UsageError):
    """A commune or operator is not in the inventory."""


async def check_places(
    connection: AsyncConnection, commune: str | None, operator: str | None
) -> None:
    """Make sure that there are such a commune and operator, for options of these names.

    Raises:
        UnknownPlaceError: naming what comes near.
    """
    asked = (("commune", commune), ("operator", operator))
    if wanted := [(kind, code) for kind, code in asked if code is not None]:
        known = await load_names(connection)
        for kind, code in wanted:
            check_place(known, f"--{kind} {code}", kind, code)


async def load_names(connection: AsyncConnection) -> Mapping[str, Mapping[str, str]]:
    """Return the names of all communes and operators, by kind and code."""
    cursor = await connection.execute(query("names"))
    known: dict[str, dict[str, str]] = {"commune": {}, "operator": {}}
    for kind, code, name in await cursor.fetchall():
        known[kind][code] = name
    return known


def check_place(known: Mapping[str, Mapping[str, str]], where: str, kind: str, code: str) -> None:
    """Make sure that there is such a commune or operator.

    Args:
        known: what there is, from `load_names`.
        where: the code was given, for the message.
        kind: `commune` or `operator`.
        code: as it was given.

    Raises:
        UnknownPlaceError: naming what comes near.
    """
    if code not in known[kind]:
        raise UnknownPlaceError(f"{where}: no such {kind}{_near(code, known[kind])}")


def _near(asked: str, known: Mapping[str, str]) -> str:
    by_key = {_key(name): code for code, name in known.items()}
    by_key |= {_key(code): code for code in known}
    near = difflib.get_close_matches(_key(asked), by_key, _SHOWN, cutoff=0.5)
    codes = list(dict.fromkeys(by_key[key] for key in near))
    if not codes:
        return f"; there are {len(known)}, such as {', '.join(list(known)[:_SHOWN])}" * bool(known)
    return f"; did you mean {' or '.join(f'{code} ({known[code]})' for code in codes)}?"


def _key(text: str) -> str:
    """Return text without diacritics and case: not every keyboard has them."""
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))
