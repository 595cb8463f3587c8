"""Dead letters: the list, one, and its payload byte for byte."""

from collections.abc import Sequence
from typing import Any, Final

from aiohttp import web

from gateway.access.identity import Scope
from gateway.api.listing import Key, Listing, listed
from gateway.api.models.letters import Letter, LetterPage, LetterQuestion
from gateway.api.mutes import NUMBER_KEY
from gateway.api.operation import Asked, NoQuestion, Operation
from gateway.api.queries import reading, select, select_raw
from gateway.problems.problem import FORBIDDEN, Problem, not_found

_TAG: Final = "dead letters"
_MEDIA: Final = "application/octet-stream"


async def _letters(asked: Asked[LetterQuestion, None]) -> Listing[Letter]:
    _check_reach(asked)
    query = asked.query
    values = {
        "letter": None,
        "reason": query.reason,
        "adapter": query.adapter,
        "device": query.device,
        "since": query.since,
    }

    async def fetch(after: Key | None, limit: int) -> Sequence[Letter]:
        place = {"after": after and after[0], "limit": limit}
        async with reading(asked.pool) as connection:
            return await select(connection, Letter, "list_letters", values | place)

    return Listing(Letter, LetterPage, NUMBER_KEY, lambda one: (one.number,), fetch)


async def _letter(asked: Asked[NoQuestion, None]) -> Letter:
    _check_reach(asked)
    letter = int(asked.path["letter"])
    values: dict[str, Any] = {"letter": letter, "limit": 1}
    values |= dict.fromkeys(("reason", "adapter", "device", "since", "after"))
    async with reading(asked.pool) as connection:
        found = await select(connection, Letter, "list_letters", values)
    if not found:
        raise not_found(f"letter {letter}")
    return found[0]


async def _payload(asked: Asked[NoQuestion, None]) -> web.Response:
    _check_reach(asked)
    letter = int(asked.path["letter"])
    async with reading(asked.pool) as connection:
        found = await select_raw(connection, "letter_payload", {"letter": letter})
    if not found:
        raise not_found(f"letter {letter}")
    # Whatever it claims to be, nobody shall show it or run it.
    headers = {
        "Content-Disposition": f'attachment; filename="letter-{letter}.bin"',
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(body=found[0]["payload"], content_type=_MEDIA, headers=headers)


def _check_reach(asked: Asked[Any, Any]) -> None:
    """Do nothing for whoever sees the whole province: a letter may be about anything.

    Raises:
        Problem: for an official of some communes.
    """
    if asked.identity.communes is not None:
        raise Problem(FORBIDDEN, "dead letters are of no commune in particular")


OPERATIONS: Final = (
    Operation(
        name="listDeadLetters",
        method="GET",
        path="/api/v1/dead-letters",
        tag=_TAG,
        summary="Dead letters, the newest first",
        scope=Scope.ADMIN,
        query=LetterQuestion,
        answer=LetterPage,
        run=listed("dead-letters", _letters),
    ),
    Operation(
        name="getDeadLetter",
        method="GET",
        path="/api/v1/dead-letters/{letter}",
        tag=_TAG,
        summary="One dead letter",
        scope=Scope.ADMIN,
        answer=Letter,
        run=_letter,
    ),
    Operation(
        name="getDeadLetterPayload",
        method="GET",
        path="/api/v1/dead-letters/{letter}/payload",
        tag=_TAG,
        summary="The payload of a dead letter, byte for byte",
        scope=Scope.ADMIN,
        answer=None,
        media=_MEDIA,
        run=_payload,
    ),
)
"""What can be asked about dead letters."""
