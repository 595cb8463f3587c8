"""What can go wrong with a suite.

SimulatorError (simulators.errors)
├── RunError    a run could not be made; the message has the generator's last words
└── Stopped     somebody stopped the suite
"""

from simulators.errors import SimulatorError


class RunError(SimulatorError):
    """A run could not be made; the message has the generator's last words."""


class Stopped(SimulatorError):  # noqa: N818 - nothing is wrong, somebody wanted it so
    """Somebody stopped the suite."""
