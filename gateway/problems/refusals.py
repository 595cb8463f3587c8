"""Refusals of the rules' store: which kind of problem each is."""

from typing import Final

from gateway.problems.kinds import CONFLICT, INVALID, NOT_FOUND, ProblemKind
from rules.incidents.mutes import MatcherError
from rules.incidents.recurrences import RecurrenceError
from rules.store import errors

_KINDS: Final[dict[type[Exception], ProblemKind]] = {
    errors.UnknownIncidentError: NOT_FOUND,
    errors.UnknownWindowError: NOT_FOUND,
    errors.UnknownMuteError: NOT_FOUND,
    errors.UnknownScopeError: INVALID,
    errors.ClearedError: CONFLICT,
    errors.OpenError: CONFLICT,
    errors.AcknowledgedError: CONFLICT,
    errors.ClosedError: CONFLICT,
    errors.CancelledError: CONFLICT,
    errors.TimeError: INVALID,
    MatcherError: INVALID,
    RecurrenceError: INVALID,
}


def kind_of_refusal(error: Exception) -> ProblemKind | None:
    """Return the kind of problem that a refusal is; None if it is none that a person caused."""
    return next((kind for known, kind in _KINDS.items() if isinstance(error, known)), None)
