"""What can go wrong with a simulator, by what the caller can do about it.

SimulatorError
├── UsageError       what the command line names does not exist, or cannot be read
│   ├── ScenarioError, TargetError   (simulators.scenarios.errors) a scenario; what it hits
│   ├── EventsError                  (simulators.watchers.beats) an event log
│   └── LogError                     (simulators.score.errors) truth or incidents
├── RecordingError   a recorded file cannot be replayed at all
├── RunError         (simulators.suite.errors) a run of the suite did not come to its end
└── Stopped          (simulators.suite.errors) somebody wanted it so
"""


class SimulatorError(Exception):
    """Anything about a simulator."""


class UsageError(SimulatorError):
    """The command line asks for something that does not exist."""


class RecordingError(SimulatorError):
    """A recorded file cannot be replayed at all; single bad rows are skipped instead."""
