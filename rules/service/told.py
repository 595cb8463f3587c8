"""What is decided, as log lines that an operator understands: one for each happening."""

from collections import Counter
from collections.abc import Collection
from types import MappingProxyType
from typing import Final

from rules.incidents.record import IncidentRecord, Step
from rules.model import Action, IncidentClass
from rules.replay import text
from runtime.logs import get_logger

log = get_logger(__name__)

_SHOWN: Final = 3
_WORDS: Final = MappingProxyType(
    {
        Action.OPEN: "incident opened",
        Action.UPDATE: "incident changed",
        Action.CLEAR: "incident cleared",
    }
)


class Told:
    """Logs incidents.

    Attributes:
        opened: how many were opened, by class.
    """

    def __init__(self) -> None:
        self.opened: Counter[IncidentClass] = Counter()

    def tell(self, record: IncidentRecord, action: Action) -> None:
        """Log one step in the life of an incident."""
        if action is Action.OPEN:
            self.opened[record.incident_class] += 1
        fields: dict[str, object] = {
            "incident": record.incident,
            "class": str(record.incident_class),
            "severity": str(record.severity),
            "root": ", ".join(record.root[:_SHOWN]) + more(record.root),
            "root_kind": record.root_kind,
            "villages": len(record.impacts),
            "households": record.households,
            "since": text(record.onset),
            "reason": record.reason,
        }
        if record.summary:
            fields["summary"] = record.summary.get("en", "")
        if record.rule:
            fields |= {"rule": record.rule, "value": record.value}
        if record.ended_at is not None and action is Action.CLEAR:
            fields["lasted_seconds"] = round(record.ended_at - record.onset)
        if record.into is not None:
            fields["part_of"] = record.into
        fields |= {flag: True for flag in ("planned", "flapping") if getattr(record, flag)}
        if not record.notified:
            fields["notified"] = False
        again = record.step is Step.REOPENED
        log.info("incident opened again" if again else _WORDS[action], **fields)


def more(names: Collection[str]) -> str:
    """Return how many names stand behind those that are shown, such as ` and 4 more`."""
    left = len(names) - _SHOWN
    return f" and {left} more" if left > 0 else ""
