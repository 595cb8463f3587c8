"""What can be wrong with a scenario.

UsageError (simulators.errors)
├── ScenarioError   a scenario cannot be read, or there is none of that name
└── TargetError     a target fits nothing in this province
"""

from simulators.errors import UsageError


class ScenarioError(UsageError):
    """A scenario cannot be used; the message has a line for each problem.

    Attributes:
        problems: each as `file:line: place: message`, in the order of the file.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TargetError(UsageError):
    """A target fits nothing in this province; the message names scenario, fault and target."""
