"""Matching: which incidents a route is about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rules.incidents.record import IncidentRecord
from rules.model import Severity

LABEL: Final = "label:"
"""Before the name of a label of a rulebook's alert, where other fields stand by their own."""

_GETTERS: Final[Mapping[str, Callable[[IncidentRecord], tuple[str, ...]]]] = {
    "incident": lambda record: (record.incident,),
    "commune": lambda record: record.communes,
    "operator": lambda record: record.operators,
    "class": lambda record: (record.incident_class.value,),
    "severity": lambda record: (record.severity.value,),
    "rule": lambda record: (record.rule,) if record.rule else (),
    "root": lambda record: record.root,
}
FIELDS: Final = tuple(_GETTERS)
"""What can be asked of an incident beside its labels."""

_RANKS: Final = {severity: rank for rank, severity in enumerate(Severity)}


def rank(severity: Severity | str) -> int:
    """Return 0 for the worst severity, more for those that are less bad."""
    return _RANKS[Severity(severity)]


def values_of(record: IncidentRecord, name: str) -> tuple[str, ...]:
    """Return what an incident has in a field, or as `label:NAME`; empty where it has nothing."""
    if name.startswith(LABEL):
        value = record.labels.get(name.removeprefix(LABEL))
        return () if value is None else (value,)
    return _GETTERS[name](record)


@dataclass(frozen=True, slots=True)
class Matcher:
    """What an incident must have: of each field that is named, one of its values.

    Attributes:
        wanted: values by field or `label:NAME`.
    """

    wanted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def touches(self, record: IncidentRecord) -> bool:
        """Tell whether the incident has, of each field, at least one of the values."""
        return all(
            not set(values).isdisjoint(values_of(record, name))
            for name, values in self.wanted.items()
        )
