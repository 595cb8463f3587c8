"""What can go wrong with a simulator, by what the caller can do about it.

SimulatorError
├── UsageError       the command line asks for something that does not exist
└── RecordingError   a recorded file cannot be replayed at all
"""


class SimulatorError(Exception):
    """Anything about a simulator."""


class UsageError(SimulatorError):
    """The command line asks for something that does not exist."""


class RecordingError(SimulatorError):
    """A recorded file cannot be replayed at all; single bad rows are skipped instead."""
