"""Texts of an incident: one line that says what, where and how bad, by language."""

from collections.abc import Sequence
from typing import Final

from province.reasons import words_of
from province.text import Language, grouped
from rules.incidents.entries import RULES
from rules.incidents.geography import Geography
from rules.incidents.record import IncidentRecord
from rules.incidents.words import (
    ALSO_DEGRADED,
    CLASSES,
    CUT_OFF,
    DARK,
    DEGRADED,
    KINDS,
    MAINS,
    MAINS_KINDS,
    PLANNED,
    to_do,
)
from rules.model import IncidentClass

LANGUAGES: Final = (Language.ENGLISH, Language.VIETNAMESE)
_NAMED: Final = 2
"""More names than this are counted."""
_MORE: Final = ("and {} more", "và {} nơi khác")
_OF_ONE: Final = frozenset({IncidentClass.DEVICE, IncidentClass.SENSOR})


def texts(record: IncidentRecord, geography: Geography) -> tuple[dict[str, str], dict[str, str]]:
    """Return the summary and the description of an incident, each by language."""
    summary = {
        str(language): _summary(record, geography, index)
        for index, language in enumerate(LANGUAGES)
    }
    what = to_do(record.incident_class, record.root_kind)
    return summary, dict(zip(map(str, LANGUAGES), what, strict=True))


def reason_words(actor: str, reason: str) -> dict[str, str]:
    """Return why a line of the timeline is there, by language; a person's own words are as said."""
    return words_of(reason) if actor == RULES else {str(each): reason for each in LANGUAGES}


def _summary(record: IncidentRecord, geography: Geography, language: int) -> str:
    parts = [f"{_what(record, language)}: {_root(record, geography, language)}"]
    parts += _impact(record, language)
    if record.incident_class is IncidentClass.PIPELINE:
        parts.append(words_of(record.reason)[LANGUAGES[language]])
    return (PLANNED[language] if record.planned else "") + "; ".join(parts)


def _what(record: IncidentRecord, language: int) -> str:
    mains = record.incident_class is IncidentClass.OUTAGE and record.root_kind in MAINS_KINDS
    return (MAINS if mains else CLASSES[record.incident_class])[language]


def _root(record: IncidentRecord, geography: Geography, language: int) -> str:
    kind = KINDS.get(record.root_kind, (record.root_kind, record.root_kind))[language]
    if record.incident_class is IncidentClass.PIPELINE:
        return kind
    operators = [geography.name(code) for code in record.operators]
    roots = [geography.name(code) for code in record.root]
    named = _listed(operators if record.root_kind == "operator" else roots, language)
    # Some things are called "OLT 1" by those who run them.
    says_kind = named.lower().partition(" ")[0] in kind.lower().split()
    text = named if says_kind else f"{kind} {named}".strip()
    if len(operators) == 1 and operators[0] not in text:
        text += f" ({operators[0]})"
    places = [name for name in map(geography.name, record.communes) if name not in text]
    return ", ".join(filter(None, [text, _listed(places, language)]))


def _listed(names: Sequence[str], language: int) -> str:
    shown = ", ".join(names[:_NAMED])
    more = len(names) - _NAMED
    return f"{shown} {_MORE[language].format(more)}" if more > 0 else shown


def _impact(record: IncidentRecord, language: int) -> list[str]:
    if record.incident_class in _OF_ONE or not record.felt:
        return []
    dark = sum(impact.share >= 1 for impact in record.felt)
    rest = len(record.felt) - dark
    counted = ((dark, DARK), (rest, ALSO_DEGRADED if dark else DEGRADED))
    said = [
        (one if count == 1 else many)[language].format(grouped(count, LANGUAGES[language]))
        for count, (one, many) in (*counted, (record.households, CUT_OFF))
        if count
    ]
    return [", ".join(said)]
