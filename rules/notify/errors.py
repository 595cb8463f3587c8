"""What can go wrong with notices, by what the caller can do about it.

RulesError
├── UsageError
│   ├── RoutesError         a routes file is wrong: each problem with its file and line
│   └── MissingExtraError   a receiver needs a library that is not installed
└── ChannelError            a message was not accepted; it is tried again
"""

from collections.abc import Sequence
from datetime import timedelta

from rules.errors import RulesError, UsageError


class RoutesError(UsageError):
    """A routes file cannot be used.

    Attributes:
        problems: what is wrong, a line each, beginning with file and line.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class MissingExtraError(UsageError):
    """A receiver needs a library that is not installed; the message says how to get it."""


class ChannelError(RulesError):
    """A message was not accepted; what is said of it holds no secret.

    Attributes:
        uncertain: it may have arrived all the same.
        retry_after: the receiver asked to be left alone for so long.
    """

    def __init__(
        self, message: str, *, uncertain: bool = False, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message)
        self.uncertain = uncertain
        self.retry_after = retry_after
