"""Cursors: where a list goes on, as text that means nothing to whoever carries it.

A cursor holds the key of the last item, and a digest of the list that it belongs to: address,
filters, and the communes of whoever asked. It is no secret and needs no signature: the filters
and the communes are those of each request, never the cursor's, so a cursor that was made up can
only begin the caller's own list at another place.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from gateway.problems.problem import BAD_CURSOR, Problem

_VERSION: Final = 1
_DIGEST_LENGTH: Final = 12
_BIGINT: Final = range(-(2**63), 2**63)

Key = TypeVar("Key", bound=tuple[Any, ...])


def list_digest(path: str, filters: Mapping[str, object], communes: frozenset[str] | None) -> str:
    """Return what tells one list from another.

    Args:
        path: its address.
        filters: as they were given, by name.
        communes: those that exist for whoever asks; None: all.
    """
    told = json.dumps(
        [path, sorted(filters.items()), None if communes is None else sorted(communes)],
        default=str,
    )
    return hashlib.sha256(told.encode()).hexdigest()[:_DIGEST_LENGTH]


def write_cursor(digest: str, key: tuple[Any, ...]) -> str:
    """Return the cursor of the page that begins after an item.

    Args:
        digest: of the list.
        key: of the item.
    """
    told = TypeAdapter(list[Any]).dump_json([_VERSION, digest, *key])
    return base64.urlsafe_b64encode(told).decode().rstrip("=")


def read_cursor(text: str, digest: str, key: TypeAdapter[Key]) -> Key:
    """Return the key of the item after which the page begins.

    Args:
        text: as it was sent.
        digest: of the list.
        key: what keys of the list are like.

    Raises:
        Problem: it is none, or another list's.
    """
    try:
        padded = text + "=" * (-len(text) % 4)
        told = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        version, of, *position = told
        if version == _VERSION and of == digest and all(map(_can_be_kept, position)):
            return key.validate_json(json.dumps(position), strict=True)
    except (ValueError, TypeError, RecursionError, ValidationError):
        pass
    raise Problem(BAD_CURSOR, "cursor: it is none, or that of another list or of other filters")


def _can_be_kept(part: object) -> bool:
    """Return whether the database could have such a part of a key at all."""
    if isinstance(part, int):
        return part in _BIGINT
    return not (isinstance(part, str) and "\0" in part)
