"""What can be wrong with the files that are scored.

UsageError (simulators.errors)
└── LogError   a truth log or a file of incidents breaks its format
"""

from simulators.errors import UsageError


class LogError(UsageError):
    """A truth log or a file of incidents breaks its format; the message is `file:line: what`."""
