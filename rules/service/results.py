"""Results: what became of notices to people, through the journal to the database."""

from datetime import datetime
from types import MappingProxyType
from typing import Final

from pydantic_core import from_json, to_json

from rules.notify.model import Outcome, Result
from rules.plain import dump_plain, load_plain
from rules.service.lines import Line, own_line
from rules.store.changes import NotificationChange
from rules.store.notices import Outcome as Stored

NOTIFICATION: Final = "notification"
"""Kind of the line that says what became of a notice."""

_OUTCOMES: Final = MappingProxyType(
    {
        Outcome.SENT: Stored.SENT,
        Outcome.FAILED: Stored.FAILED,
        Outcome.GIVEN_UP: Stored.FAILED,
        Outcome.WITHHELD: Stored.WITHHELD,
    }
)


def notification_line(result: Result, now: datetime) -> Line:
    """Return the line of what became of a notice."""
    change = NotificationChange(
        key=result.key,
        incidents=result.incidents,
        receiver=result.receiver,
        action=str(result.action),
        outcome=_OUTCOMES[result.outcome],
        attempts=result.attempts,
        first_at=result.at,
        last_at=result.at,
        error=result.error,
    )
    return own_line(NOTIFICATION, now, change=from_json(dump_plain(change)))


def load_notification(line: Line) -> NotificationChange:
    """Return what a line says became of a notice.

    Raises:
        msgspec.MsgspecError: it is damaged.
    """
    return load_plain(NotificationChange, to_json(line["change"]))
