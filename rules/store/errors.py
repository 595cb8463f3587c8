"""What can go wrong when people change something.

StoreError
├── UnknownIncidentError, UnknownWindowError, UnknownMuteError, UnknownScopeError
├── ClearedError       the incident is over: there is nothing to acknowledge or escalate
├── OpenError          the incident goes on: it cannot be closed
├── AcknowledgedError  somebody has it already
├── ClosedError        somebody closed it already
├── CancelledError     the window or mute was cancelled, or is over
└── TimeError          an end that is past, or before its start
"""

from rules.errors import RulesError


class StoreError(RulesError):
    """What a person asked for cannot be done; the message says of what, and why."""


class UnknownIncidentError(StoreError):
    """There is no such incident."""


class UnknownWindowError(StoreError):
    """There is no such window."""


class UnknownMuteError(StoreError):
    """There is no such silence or shelf."""


class UnknownScopeError(StoreError):
    """There is no such node, link, village, commune or operator."""


class ClearedError(StoreError):
    """The incident is over."""


class OpenError(StoreError):
    """The incident goes on."""


class AcknowledgedError(StoreError):
    """Somebody has acknowledged the incident already."""


class ClosedError(StoreError):
    """Somebody has closed the incident already."""


class CancelledError(StoreError):
    """The window or mute was cancelled already, or is over."""


class TimeError(StoreError):
    """A time is past, or an end lies before its start."""
