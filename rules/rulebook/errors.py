"""What can be wrong with a rulebook or with a file of timelines."""

from rules.errors import UsageError


class RuleBookError(UsageError):
    """A rulebook cannot be used; the message has a line for each problem.

    Attributes:
        problems: each as `file:line: group, rule: message`, in the order of the files.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class TimelineError(UsageError):
    """A file of timelines cannot be used; the message has a line for each problem."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
