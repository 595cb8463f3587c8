"""What can go wrong with the rules, by what the caller can do about it.

RulesError           it went wrong on the way: exit code 1
└── UsageError       what was asked for does not exist, or cannot be read: exit code 2
    ├── EventLogError  (rules.replay) a line of an event log
    └── SnapshotError  (rules.snapshot) the state that was kept
"""


class RulesError(Exception):
    """Anything about the rules."""


class UsageError(RulesError):
    """Something was asked for that does not exist or cannot be read."""
