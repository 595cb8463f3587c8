"""What one message gets wrong: a dead letter for each reason, however many reports it spoils.

A letter for each report would let one message of a few kilobytes make thousands of them.
"""

from dataclasses import dataclass, field

from ingest.rejection import DeadLetter, Reason, RejectedError
from province.payloads import dump
from runtime.broker.message import Message


@dataclass(slots=True)
class _Refused:
    """What was refused for one reason: the first problem, how many, and the reports."""

    detail: str
    problems: int = 0
    reports: list[object] = field(default_factory=list)

    def __str__(self) -> str:
        more = self.problems - 1
        return f"{self.detail} (and {more} more)" if more else self.detail


class Refusals:
    """Collects what is refused of one message.

    Args:
        message: the message.
        cbor: whether it came as CBOR, so that its letters do.
    """

    def __init__(self, message: Message, *, cbor: bool) -> None:
        self._message = message
        self._cbor = cbor
        self._by_reason: dict[Reason, _Refused] = {}

    def add(self, error: RejectedError, report: object, problems: int = 1) -> None:
        """Refuse a report, or one that holds only the refused ones of its values."""
        refused = self._by_reason.get(error.reason)
        if refused is None:
            refused = self._by_reason[error.reason] = _Refused(str(error))
        refused.problems += problems
        refused.reports.append(report)

    def letters(self, device: str) -> list[DeadLetter]:
        """Return the dead letters; each is something that can be published again."""
        message = self._message
        return [
            DeadLetter(
                message.topic, self._payload(refused.reports), reason, str(refused), message, device
            )
            for reason, refused in self._by_reason.items()
        ]

    def _payload(self, reports: list[object]) -> bytes:
        part = dump(reports if len(reports) > 1 else reports[0], cbor=self._cbor)
        # Numbers can grow as they are written anew, and a letter must not outgrow the limit on
        # payloads. The good reports beside the refused ones are duplicates then.
        return part if len(part) <= len(self._message.payload) else self._message.payload
