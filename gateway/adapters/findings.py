"""Findings: what becomes of one message, collected on the way."""

from dataclasses import dataclass, field
from typing import Any, Final

from gateway.adapters.errors import RefusedError
from gateway.translation import ForeignId, Ignored, Outcome, Refusal, RefusalReason, Translated
from province.topics import Channel

_TOLD: Final = 10
"""How many of the refused things one refusal names."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one field.

    Attributes:
        place: the field.
        value: what it said.
        fate: what it became, in words.
        taken: it was kept or left out on purpose; not refused.
    """

    place: str
    value: Any
    fate: str
    taken: bool = True


@dataclass(slots=True)
class Findings:
    """What becomes of one message.

    Attributes:
        translated: records.
        ignored: what was left out on purpose.
        devices: whose records these are.
        message: the kind of message that it was taken for.
        fates: what became of each field; None: nobody wants to know.
    """

    translated: list[Translated] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    devices: dict[ForeignId, None] = field(default_factory=dict)
    message: str | None = None
    fates: list[Fate] | None = None
    _reports: dict[tuple[ForeignId, str, int, int], dict[str, Any]] = field(default_factory=dict)
    _refused: dict[tuple[RefusalReason, ForeignId | None], list[str]] = field(default_factory=dict)

    def add(self, device: ForeignId, channel: Channel, record: dict[str, Any]) -> None:
        """Add a record; values of one device, time and number are one report."""
        self.devices[device] = None
        if channel is Channel.TELEMETRY:
            place = (device, record["observed_at"], record["boot_id"], record["seq"])
            first = self._reports.setdefault(place, record)
            if first is not record:
                self._merge(device, first["values"], record["values"])
                return
        self.translated.append(Translated(device, channel, record))

    def _merge(self, device: ForeignId, values: dict[str, Any], more: dict[str, Any]) -> None:
        for metric, value in more.items():
            if values.setdefault(metric, value) != value:
                detail = f"{metric}: {value} where the same message has {values[metric]}"
                self.refuse(RefusedError(RefusalReason.INVALID, detail), device)

    def refuse(self, error: RefusedError, device: ForeignId | None = None) -> None:
        """Refuse a part, together with what else of a device is refused for that reason."""
        self._refused.setdefault((error.reason, device), []).append(str(error))

    @property
    def is_empty(self) -> bool:
        """Whether nothing came of it."""
        return not (self.translated or self.ignored or self._refused)

    @property
    def only_device(self) -> ForeignId | None:
        """The device, if the whole message is of one."""
        return next(iter(self.devices)) if len(self.devices) == 1 else None

    def outcome(self) -> Outcome:
        """Return it all. A refusal keeps the whole body, which can be translated again."""
        refusals = [
            Refusal(reason, _sentence(details), device)
            for (reason, device), details in self._refused.items()
        ]
        return Outcome(self.translated, refusals, ignored=self.ignored)


def _sentence(details: list[str]) -> str:
    distinct = list(dict.fromkeys(details))
    more = f"; and {len(distinct) - _TOLD} more" if len(distinct) > _TOLD else ""
    return "; ".join(distinct[:_TOLD]) + more
