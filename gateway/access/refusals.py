"""Refusals: what a person or program is told when it may not.

AccessRefusedError
├── UnauthenticatedError   401: nobody, or a credential that does not hold
├── ForbiddenError         403: somebody, who may not do this
├── AbsentError            404: not there, or not there for this person
├── LockedOutError         429: too many wrong guesses
└── AccessAwayError        503: the database is away, and nobody is remembered

Each carries what RFC 9457 wants of a problem; no message repeats a credential.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Final

CHALLENGE: Final = 'Bearer realm="srepok", Basic realm="srepok", charset="UTF-8"'


class AccessRefusedError(Exception):
    """A request that is not served.

    Args:
        detail: what is wrong, for whoever asked.
        headers: of the answer.

    Attributes:
        status: of the answer.
        type: the kind of problem, as a fixed word to count by.
        title: that kind in words.
    """

    status: ClassVar[HTTPStatus]
    type: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers: Mapping[str, str] = headers or {}


class UnauthenticatedError(AccessRefusedError):
    """Nobody, or a credential that does not hold."""

    status = HTTPStatus.UNAUTHORIZED
    type = "unauthenticated"
    title = "Who are you?"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, {"WWW-Authenticate": CHALLENGE})


class ForbiddenError(AccessRefusedError):
    """Somebody, who may not do this."""

    status = HTTPStatus.FORBIDDEN
    type = "forbidden"
    title = "You may not do this"


class AbsentError(AccessRefusedError):
    """Not there, or not there for this person."""

    status = HTTPStatus.NOT_FOUND
    type = "not-found"
    title = "There is no such thing"


class LockedOutError(AccessRefusedError):
    """Too many wrong guesses.

    Args:
        seconds: after which it is worth trying again.
    """

    status = HTTPStatus.TOO_MANY_REQUESTS
    type = "locked-out"
    title = "Too many wrong guesses"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s", {"Retry-After": str(seconds)})


class AccessAwayError(AccessRefusedError):
    """The database is away, and this credential was not seen of late."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    type = "database-away"
    title = "The database cannot be asked"

    def __init__(self) -> None:
        super().__init__("who you are cannot be checked just now", {"Retry-After": "5"})
