"""Refusals: what a person or program is told when it may not. None repeats a credential."""

from http import HTTPStatus
from typing import Final

from gateway.problems.problem import (
    FORBIDDEN,
    TOO_MANY,
    UNAUTHENTICATED,
    Problem,
    ProblemKind,
    not_found,
    unavailable,
)

__all__ = ["absent", "bad_address", "bad_origin", "forbidden", "locked_out", "nobody", "unknowable"]

_BEARER: Final = 'Bearer realm="srepok"'
_BASIC: Final = 'Basic realm="srepok", charset="UTF-8"'
"""To devices only: a browser that reads it asks people for a user name."""

SECRET_IN_URL: Final = ProblemKind(
    "secret-in-url",
    HTTPStatus.BAD_REQUEST,
    "A secret does not belong in an address",
    "Addresses are logged and remembered on the way. The token was not looked at; if it is a"
    " real one, revoke it now, and send the new one in the header Authorization.",
)
BAD_ADDRESS: Final = ProblemKind(
    "bad-address",
    HTTPStatus.BAD_REQUEST,
    "This address is not written as addresses are",
    "Empty or dotted parts, escaped slashes, control characters, or a host that is not ours.",
)
BAD_ORIGIN: Final = ProblemKind(
    "bad-origin",
    HTTPStatus.FORBIDDEN,
    "This did not come from our own page",
    "With a cookie, a change needs the header X-CSRF-Token of the page, and the page's Origin.",
)
LOCKED_OUT: Final = "locked-out"
"""What lock-outs are counted by, for their kind is also that of a device that uploads too often."""
ACCESS_KINDS: Final = (SECRET_IN_URL, BAD_ADDRESS, BAD_ORIGIN)
"""Kinds of problems that only this room knows."""

absent = not_found


def nobody(detail: str, *, is_device: bool = False) -> Problem:
    """Return the problem of a request by nobody, or with a credential that does not hold."""
    challenge = _BASIC if is_device else _BEARER
    return Problem(UNAUTHENTICATED, detail, headers={"WWW-Authenticate": challenge})


def forbidden(detail: str) -> Problem:
    """Return the problem of somebody who may not do this."""
    return Problem(FORBIDDEN, detail)


def locked_out(seconds: int) -> Problem:
    """Return the problem of too many wrong guesses; `seconds` until it is worth trying again."""
    return Problem(
        TOO_MANY,
        f"Too many wrong guesses: try again in {seconds} s",
        headers={"Retry-After": str(seconds)},
        reason=LOCKED_OUT,
    )


def unknowable() -> Problem:
    """Return the problem of a credential that cannot be checked: the database is away."""
    return unavailable("The database is away, so it cannot be known who you are")


def bad_address(detail: str) -> Problem:
    """Return the problem of an address that only somebody up to something writes."""
    return Problem(BAD_ADDRESS, detail)


def bad_origin(detail: str) -> Problem:
    """Return the problem of a change with a cookie that is not from our own page."""
    return Problem(BAD_ORIGIN, detail)
