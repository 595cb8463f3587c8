"""Sight: what of an incident exists for an official, who may see some of the communes it hits."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from gateway.access.identity import Identity
from rules.incidents.words import CLASSES, KINDS
from rules.model import IncidentClass
from rules.store.read import IncidentStory, KeptIncident

_NAMES: Final = frozenset({"objects", "root"})
_MORE_NAMES: Final = _NAMES | {"labels", "value_string"}
"""What another system says of an incident names places too."""


def is_whole(incident: KeptIncident, identity: Identity) -> bool:
    """Return whether all of an incident lies where somebody looks."""
    return identity.sees_all or all(map(identity.sees, incident.communes))


def seen(incident: KeptIncident, identity: Identity) -> KeptIncident:
    """Return an incident as it is shown to somebody.

    Of one that reaches further, nothing is said that names what lies elsewhere: its line names
    communes, and its cause may stand in any of them.
    """
    if is_whole(incident, identity):
        return incident
    return replace(
        incident,
        communes=[each for each in incident.communes if identity.sees(each)],
        root=[],
        labels={},
        summary=plain_summary(incident),
        # What the rulebook says to do may have labels in it.
        description={} if incident.rule else incident.description,
    )


def seen_story(story: IncidentStory, identity: Identity) -> IncidentStory:
    """Return of a story what is about somebody's own communes."""
    if identity.sees_all:
        return story
    names = _NAMES if is_whole(story.incident, identity) else _MORE_NAMES
    return IncidentStory(
        seen(story.incident, identity),
        [each for each in story.impacts if identity.sees(each.commune_code)],
        [replace(each, detail=_without(each.detail, names)) for each in story.entries],
        [],
        story.parts,
    )


def plain_summary(incident: KeptIncident) -> dict[str, str]:
    """Return an incident's line without names and figures, by language."""
    what = CLASSES[IncidentClass(incident.class_)]
    kind = KINDS.get(incident.root_kind, (incident.root_kind, incident.root_kind))
    return {
        language: f"{what[index]}: {kind[index]}" for index, language in enumerate(("en", "vi"))
    }


def _without(detail: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in detail.items() if name not in names}
