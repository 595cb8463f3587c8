"""What can be wrong with adapters, and with one value on its way through them."""

from gateway.errors import UsageError
from gateway.translation import RefusalReason


class AdapterError(UsageError):
    """Adapters or decoders cannot be used; the message has a line for each problem.

    Attributes:
        problems: each as `file:line: adapter, place: message`, in the order of the files.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RefusedError(Exception):
    """A value, or what is needed to place it, cannot be taken; the rest may be."""

    def __init__(self, reason: RefusalReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
