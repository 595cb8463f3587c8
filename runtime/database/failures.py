"""Failures: what a failed statement or connection calls for, told by SQLSTATE.

The codes are those of PostgreSQL's appendix "PostgreSQL Error Codes".
"""

from enum import Enum
from typing import Final

import psycopg


class FailureKind(Enum):
    """Why it failed; `retry` tells whether the same again may succeed."""

    CONNECTION = "connection"
    """The server is away, going down, or not letting us in yet. A commit under way may or may
    not have happened."""
    RESOURCES = "resources"
    """The server is out of disk, memory, connections or another configured limit."""
    CONFLICT = "conflict"
    """Another transaction was in the way: deadlock, serialisation, lock timeout."""
    TIMEOUT = "timeout"
    """The statement took longer than it was given, or was cancelled by an administrator."""
    DATA = "data"
    """The server, or psycopg before it, refuses a value. Never succeeds; other rows of the
    same batch may."""
    PROGRAMMING = "programming"
    """The statement does not fit the schema or our rights. Never succeeds as things are."""

    @property
    def retry(self) -> bool:
        """Whether the same whole transaction may succeed later."""
        return self not in {FailureKind.DATA, FailureKind.PROGRAMMING}


_STATES: Final = {
    "55P03": FailureKind.CONFLICT,  # lock_not_available
    "57014": FailureKind.TIMEOUT,  # query_canceled
    "25006": FailureKind.CONNECTION,  # read_only_sql_transaction: a standby, until promoted
    "57P05": FailureKind.CONNECTION,  # idle_session_timeout
    "25P03": FailureKind.CONNECTION,  # idle_in_transaction_session_timeout
    "25P04": FailureKind.TIMEOUT,  # transaction_timeout
}
_CLASSES: Final = {
    "08": FailureKind.CONNECTION,  # connection exception
    "22": FailureKind.DATA,  # data exception
    "23": FailureKind.DATA,  # integrity constraint violation
    "40": FailureKind.CONFLICT,  # transaction rollback
    "53": FailureKind.RESOURCES,  # insufficient resources
    "57": FailureKind.CONNECTION,  # operator intervention: shutdown, crash, starting up
    "58": FailureKind.RESOURCES,  # system error: input or output failed
}
# What the client finds itself has no SQLSTATE: a connection that ended, a value it cannot send.
# TimeoutError is an OSError.
_WITHOUT_STATE: Final = (
    (psycopg.OperationalError, FailureKind.CONNECTION),
    (psycopg.DataError, FailureKind.DATA),
    (TimeoutError, FailureKind.TIMEOUT),
    (OSError, FailureKind.CONNECTION),
)


def classify(error: BaseException) -> FailureKind:
    """Return what kind of failure an error of psycopg, of a socket or of a timeout is."""
    if isinstance(error, psycopg.Error) and error.sqlstate:
        by_class = _CLASSES.get(error.sqlstate[:2], FailureKind.PROGRAMMING)
        return _STATES.get(error.sqlstate, by_class)
    for kind, failure in _WITHOUT_STATE:
        if isinstance(error, kind):
            return failure
    return FailureKind.PROGRAMMING
