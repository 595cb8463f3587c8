"""Explained: what became of a message, in words for a person and as JSON for a program."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.adapters.conversion import shown
from gateway.adapters.findings import Fate
from gateway.translation import Outcome, Refusal, Translated
from province.metrics import catalogue
from province.topics import Channel


@dataclass(frozen=True, slots=True)
class Explained:
    """What became of one message.

    Attributes:
        place: where it stands.
        message: which kind of message the adapter took it for.
        outcome: what it became.
        fates: what became of each field.
        topics: where each record would be published, by the device's foreign name and channel.
        notes: what else its reader should know.
    """

    place: str
    message: str | None
    outcome: Outcome
    fates: list[Fate]
    topics: dict[tuple[str, Channel], str]
    notes: list[str]

    @property
    def good(self) -> bool:
        """Whether nothing of it is refused."""
        return not self.outcome.refusals

    def lines(self) -> Iterator[str]:
        """Yield it in words."""
        yield f"{self.place}: {f'message {self.message}' if self.message else 'no known message'}"
        for record in self.outcome.translated:
            yield from self._record(record)
        for refusal in self.outcome.refusals:
            whose = f" ({refusal.device})" if refusal.device else ""
            yield f"  refused, {refusal.reason}{whose}: {refusal.detail}"
        for ignored in self.outcome.ignored:
            yield f"  left out, {ignored.message}: {ignored.because}"
        for reply in self.outcome.replies:
            yield f"  answers on {reply.topic}: {reply.payload.hex()}"
        yield from (f"  note: {note}" for note in self.notes)
        yield from _table(self.fates)

    def document(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "place": self.place,
            "message": self.message,
            "records": [
                {
                    "device": str(record.device),
                    "topic": self.topics.get((str(record.device), record.channel)),
                    "channel": record.channel,
                    "record": record.record,
                }
                for record in self.outcome.translated
            ],
            "refused": [_refusal(refusal) for refusal in self.outcome.refusals],
            "ignored": [
                {"message": one.message, "because": one.because} for one in self.outcome.ignored
            ],
            "replies": [
                {"topic": reply.topic, "payload": reply.payload.hex()}
                for reply in self.outcome.replies
            ],
            "fields": [
                {"field": fate.place, "value": fate.value, "became": fate.fate, "taken": fate.taken}
                for fate in self.fates
            ],
            "notes": self.notes,
        }

    def _record(self, record: Translated) -> Iterator[str]:
        topic = self.topics.get((str(record.device), record.channel))
        yield f"  {record.channel} of {record.device}" + (f" -> {topic}" if topic else "")
        for name, value in record.record.items():
            if name == "values":
                yield from (_value(metric, one) for metric, one in value.items())
            else:
                yield f"    {name} = {shown(value)}"


def _value(metric: str, value: object) -> str:
    known = catalogue().get(metric)
    unit = f" {known.unit}" if known is not None and known.unit else ""
    return f"    {metric} = {shown(value)}{unit}"


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {
        "reason": refusal.reason,
        "detail": refusal.detail,
        "device": str(refusal.device) if refusal.device else None,
    }


def _table(fates: Iterable[Fate]) -> Iterator[str]:
    rows = [
        ("!" if not fate.taken else " ", fate.place, shown(fate.value), fate.fate) for fate in fates
    ]
    if not rows:
        return
    wide, widest = (min(40, max(len(row[at]) for row in rows)) for at in (1, 2))
    yield "  field by field:"
    for mark, place, value, fate in rows:
        yield f"  {mark} {place:{wide}}  {value:{widest}}  {fate}"
