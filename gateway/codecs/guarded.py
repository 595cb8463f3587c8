"""Guarded: an adapter never raises, whatever arrives."""

from collections.abc import Callable
from functools import wraps
from typing import Final, TypeVar

from gateway.translation import Incoming, Outcome, Refusal, RefusalReason

LONGEST_DETAIL: Final = 1_000
"""Of a refusal, in characters: names and values in it are of the sender's choosing."""

_Self = TypeVar("_Self")


def refused(reason: RefusalReason, detail: str) -> Outcome:
    """Return the refusal of a whole message."""
    return Outcome(refusals=[Refusal(reason, detail[:LONGEST_DETAIL])])


def guarded(
    translate: Callable[[_Self, Incoming], Outcome],
) -> Callable[[_Self, Incoming], Outcome]:
    """Return a `translate` that turns what nobody foresaw into a refusal of the whole."""

    @wraps(translate)
    def never_raises(self: _Self, incoming: Incoming) -> Outcome:
        try:
            return translate(self, incoming)
        except Exception as error:  # noqa: BLE001 - one message must never stop the others
            return refused(RefusalReason.UNDECODABLE, f"{type(error).__name__}: {error}")

    return never_raises
