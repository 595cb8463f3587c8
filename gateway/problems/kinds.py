"""Kinds of problems: what can be wrong with a request, each with its status and its words.

`type` of a problem document is the kind's place on the page of documentation, so it is the same
wherever the gateway runs and leads to an explanation.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One thing that can be wrong.

    Attributes:
        name: in `type`; stable for ever.
        status: of HTTP.
        title: the same for every problem of the kind.
        meaning: what it says, and what to do about it.
    """

    name: str
    status: int
    title: str
    meaning: str

    @property
    def uri(self) -> str:
        """The `type` of a problem document of this kind."""
        return f"/api/docs#problem-{self.name}"


MALFORMED: Final = ProblemKind(
    "malformed",
    400,
    "The request cannot be read",
    "Not HTTP, not JSON, or not in the encoding that it claims. The same again fails again.",
)
BAD_CURSOR: Final = ProblemKind(
    "bad-cursor",
    400,
    "The cursor is none of this list",
    "A cursor goes on with the list that gave it, under the same filters. Begin the list anew.",
)
UNAUTHENTICATED: Final = ProblemKind(
    "unauthenticated",
    401,
    "Nobody is known by these credentials",
    "No token, or one that is wrong, expired or revoked.",
)
FORBIDDEN: Final = ProblemKind(
    "forbidden",
    403,
    "This is not yours to do",
    "The token is good, but its scope does not reach so far.",
)
NOT_FOUND: Final = ProblemKind(
    "not-found",
    404,
    "There is no such thing",
    "Nothing has this name; for an official of some communes, nothing in these communes has it.",
)
METHOD_NOT_ALLOWED: Final = ProblemKind(
    "method-not-allowed",
    405,
    "This method is not for this address",
    "The header Allow lists the methods that are.",
)
NOT_ACCEPTABLE: Final = ProblemKind(
    "not-acceptable",
    406,
    "There is no such form of this",
    "The header Accept asks for a form that this address does not have.",
)
CONFLICT: Final = ProblemKind(
    "conflict",
    409,
    "Things stand otherwise",
    "Somebody was faster, or it is over already; the detail says which. Look again.",
)
STALE: Final = ProblemKind(
    "stale",
    412,
    "It has changed since you looked",
    "The header If-Match names another revision than the present one. Look again.",
)
TOO_LARGE: Final = ProblemKind(
    "too-large", 413, "The body is too large", "Send less at a time; the limits are documented."
)
UNSUPPORTED: Final = ProblemKind(
    "unsupported-media-type",
    415,
    "This kind of body is not understood",
    "The header Content-Type names something else than what this address takes.",
)
UNEXPECTED: Final = ProblemKind(
    "expectation-failed",
    417,
    "What is expected is not done here",
    "The header Expect asks for something else than 100-continue.",
)
INVALID: Final = ProblemKind(
    "invalid",
    422,
    "Values are missing or wrong",
    "It can be read, but not done; `errors` names each value, its place, and what is wrong.",
)
TOO_MANY: Final = ProblemKind(
    "too-many-requests", 429, "Too many requests", "Wait as long as the header Retry-After says."
)
INTERNAL: Final = ProblemKind(
    "internal",
    500,
    "This is a fault of ours",
    "Tell the operator of the gateway the `id`: it stands in the log beside what happened.",
)
UNAVAILABLE: Final = ProblemKind(
    "unavailable",
    503,
    "This cannot be had right now",
    "The database or the broker is away or too slow. Try again after the header Retry-After.",
)

KINDS: Final = (
    MALFORMED,
    BAD_CURSOR,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    NOT_ACCEPTABLE,
    CONFLICT,
    STALE,
    TOO_LARGE,
    UNSUPPORTED,
    UNEXPECTED,
    INVALID,
    TOO_MANY,
    INTERNAL,
    UNAVAILABLE,
)
"""All of them, by status."""
