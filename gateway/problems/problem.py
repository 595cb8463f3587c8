"""Problems: every answer that is an error, in the form of RFC 9457.

Handlers raise `Problem`; what else goes wrong is made one here: what aiohttp itself refuses, what
the rules' store refuses, a database that is away, and faults of ours. The last are logged once,
under an id, and the answer says no more than the id.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import psycopg
from aiohttp import web
from aiohttp.http import HttpProcessingError
from aiohttp.typedefs import Handler, Middleware

from gateway.problems.kinds import (
    BAD_CURSOR,
    CONFLICT,
    FORBIDDEN,
    INTERNAL,
    INVALID,
    KINDS,
    MALFORMED,
    NOT_FOUND,
    TOO_LARGE,
    TOO_MANY,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNSUPPORTED,
    ProblemKind,
)
from gateway.problems.refusals import kind_of_refusal
from rules.errors import UsageError
from rules.store.errors import StoreError
from runtime.database.failures import FailureKind, classify
from runtime.logs import get_logger

__all__ = [
    "BAD_CURSOR",
    "CONFLICT",
    "FORBIDDEN",
    "INTERNAL",
    "INVALID",
    "MALFORMED",
    "NOT_FOUND",
    "TOO_LARGE",
    "TOO_MANY",
    "UNAUTHENTICATED",
    "UNAVAILABLE",
    "UNSUPPORTED",
    "FieldError",
    "Problem",
    "ProblemKind",
    "make_problem_middleware",
    "not_found",
    "problem_response",
    "unavailable",
]

log = get_logger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5
"""What Retry-After says where nothing better is known."""
REASON: Final = web.ResponseKey("REASON", str)
"""Why an answer is a refusal, as it is counted."""
_LONGEST: Final = 200
_KEPT_HEADERS: Final = ("Allow", "WWW-Authenticate", "Retry-After")
_BY_STATUS: Final = {kind.status: kind for kind in reversed(KINDS)}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One value that is missing or wrong.

    Attributes:
        source: `query`, `path`, `header` or `body`.
        pointer: JSON pointer to it in there: `/limit`, `/matchers/0/name`.
        reason: what is wrong with it, for people.
        value: as it was sent, cut off where it is long; None where it is missing.
    """

    source: str
    pointer: str
    reason: str
    value: str | None = None

    def document(self) -> dict[str, str | None]:
        """Return it as it stands in the answer."""
        value = None if self.value is None else self.value[:_LONGEST]
        return {"in": self.source, "pointer": self.pointer, "value": value, "reason": self.reason}


class Problem(Exception):  # noqa: N818 - the word of RFC 9457, and no error of ours
    """A request that cannot be answered as asked.

    Args:
        kind: what is wrong; gives status, type and title.
        detail: of this one, naming the object and the value; for people, without a secret.
        errors: each value that is wrong.
        headers: to send with it.
        extra: members of the document besides those of RFC 9457.
        reason: a word to count it by, of few; the kind's name where that says enough.
    """

    def __init__(
        self,
        kind: ProblemKind,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})
        self.reason = reason or kind.name

    @property
    def status(self) -> int:
        """The status of HTTP."""
        return self.kind.status

    def document(self) -> dict[str, Any]:
        """Return the problem document."""
        members: dict[str, Any] = {
            "type": self.kind.uri,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.errors:
            members["errors"] = [error.document() for error in self.errors]
        return members | self.extra


def not_found(what: str) -> Problem:
    """Return the problem of something that is not there, or not there for whoever asks."""
    return Problem(NOT_FOUND, f"{what}: there is none of that name")


def unavailable(detail: str, retry_seconds: int = RETRY_SECONDS) -> Problem:
    """Return the problem of something that is away and will come back."""
    return Problem(UNAVAILABLE, detail, headers={"Retry-After": str(retry_seconds)})


def problem_response(problem: Problem) -> web.Response:
    """Return the answer."""
    response = web.Response(
        status=problem.status,
        # As bytes: JSON has no parameter for its encoding.
        body=json.dumps(problem.document(), ensure_ascii=False).encode(),
        content_type=MEDIA_TYPE,
        headers=problem.headers | {"Cache-Control": "no-store"},
    )
    response[REASON] = problem.reason
    return response


Page = Callable[[web.Request, Problem], web.Response | None]
"""Makes a page of a problem where a person's browser asked for one."""


def make_problem_middleware(
    random: Random, count: Callable[[str], None], page: Page = lambda *_: None
) -> Middleware:
    """Return the middleware that makes a problem of whatever goes wrong inside of it.

    Args:
        random: gives the ids under which faults are logged.
        count: is told the reason of each refusal.
        page: for people.
    """

    @web.middleware
    async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except ConnectionError:
            # Whoever asked is gone.
            raise
        except Exception as error:  # noqa: BLE001 - the last net: no internals leave here
            problem = _problem_of(request, error, random)
            response = page(request, problem) or problem_response(problem)
        if response.status >= web.HTTPBadRequest.status_code:
            count(response.get(REASON) or _kind_of_status(response.status).name)
        return response

    return problems


def _problem_of(request: web.Request, error: Exception, random: Random) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, web.HTTPException):
        if error.status < web.HTTPBadRequest.status_code:
            raise error
        return _of_http(request, error)
    problem = _of_error(error)
    if problem is None or request.writer.output_size:
        problem = _fault(request, error, random)
    if request.writer.output_size:
        # Half an answer is out: only a connection that breaks off says that it is not all.
        raise ConnectionAbortedError("an answer was broken off") from error
    return problem


def _of_http(request: web.Request, error: web.HTTPException) -> Problem:
    headers = {name: error.headers[name] for name in _KEPT_HEADERS if name in error.headers}
    kind = _kind_of_status(error.status, error.reason)
    return Problem(kind, f"{request.method} {request.path}: {error.reason}", headers=headers)


def _kind_of_status(status: int, words: str = "") -> ProblemKind:
    """Return the kind of problem that a status by itself tells."""
    kind = _BY_STATUS.get(status)
    return kind or ProblemKind(f"http-{status}", status, words or str(status), "As HTTP has it.")


def _of_error(error: Exception) -> Problem | None:
    """Return the problem of an error that is no fault of ours; None: it is one."""
    if isinstance(error, StoreError | UsageError):
        kind = kind_of_refusal(error)
        return None if kind is None else Problem(kind, str(error))
    if isinstance(error, web.RequestPayloadError | HttpProcessingError):
        return Problem(MALFORMED, "The body cannot be read: it is not in its encoding, or cut off")
    if isinstance(error, psycopg.Error) and classify(error).retry:
        return unavailable(_of_database(classify(error)))
    return None


def _of_database(failure: FailureKind) -> str:
    if failure is FailureKind.TIMEOUT:
        return "The database took too long: ask for less at a time"
    return "The database is away or busy"


def _fault(request: web.Request, error: Exception, random: Random) -> Problem:
    fault = f"{random.getrandbits(64):016x}"
    log.error(
        "request failed", fault=fault, method=request.method, path=request.path, exc_info=error
    )
    return Problem(INTERNAL, "Something went wrong here, and was written down", extra={"id": fault})
