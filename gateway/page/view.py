"""The view: what of a picture exists for whoever looks, and what is new in it; plain JSON."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from gateway.api.sight import plain_summary
from gateway.page.picture import Impact, Picture
from rules.books.present import Share, VillageNow, shares
from rules.model import VillageState
from rules.store.read import KeptIncident

View = dict[str, Any]
"""`watched`, `villages`, `shares`, `communes` by code, `incidents` by name, and how many `more`."""

MOST_INCIDENTS: Final = 200
"""Of more only the costliest are shown, and it is said how many are not."""

_DARK_SHARE: Final = 0.1
"""A commune is dark if so many of its households, where anything is known, are in dark villages."""
_UNKNOWN_SHARE: Final = 0.1
"""A commune is unknown if so many of its villages are."""
_MOVING: Final = frozenset({"household_minutes", "at"})
"""Grows by itself, which the page can reckon; no news."""


def view_of(picture: Picture, communes: frozenset[str] | None) -> View:
    """Return what exists for whoever may see these communes; None: all of them."""
    villages = picture.villages_of(communes)
    codes = picture.villages if communes is None else communes
    incidents = [
        each
        for each in picture.incidents
        if communes is None or not communes.isdisjoint(each.communes)
    ]
    return {
        "watched": picture.watched,
        "villages": _by_state(villages),
        "shares": {share.name: _share(share) for share in shares(villages, by_links=False)},
        "communes": {code: _commune(picture.villages.get(code, ())) for code in sorted(codes)},
        "incidents": {
            each.incident_id: _incident(each, picture, communes)
            for each in incidents[:MOST_INCIDENTS]
        },
        "more": max(0, len(incidents) - MOST_INCIDENTS),
    }


def news(before: View, after: View) -> View:
    """Return what is new, in the form of a view with the changed parts only; empty: nothing.

    `over` has the names of incidents that are no longer among those shown.
    """
    new: View = {
        part: after[part]
        for part in ("watched", "villages", "shares", "more")
        if before[part] != after[part]
    }
    for part in ("communes", "incidents"):
        changed = {
            name: value
            for name, value in after[part].items()
            if _still(before[part].get(name)) != _still(value)
        }
        if changed:
            new[part] = changed
    if over := sorted(before["incidents"].keys() - after["incidents"].keys()):
        new["over"] = over
    return new


def commune_state(villages: Iterable[VillageNow]) -> VillageState:
    """Return the state of a commune, as its colour on every map shows it."""
    villages = list(villages)
    states = Counter(village.state for village in villages)
    households = sum(
        village.households for village in villages if village.state != VillageState.UNKNOWN
    )
    dark = sum(village.households for village in villages if village.state == VillageState.DARK)
    if states[VillageState.DARK] and dark >= _DARK_SHARE * households:
        return VillageState.DARK
    if states[VillageState.DARK] or states[VillageState.DEGRADED]:
        return VillageState.DEGRADED
    if not villages or states[VillageState.UNKNOWN] >= _UNKNOWN_SHARE * len(villages):
        return VillageState.UNKNOWN
    return VillageState.MAINTENANCE if states[VillageState.MAINTENANCE] else VillageState.SERVED


def _by_state(villages: Iterable[VillageNow]) -> dict[str, int]:
    states = Counter(village.state for village in villages)
    return {str(state): states[state] for state in VillageState}


def _share(share: Share) -> dict[str, float]:
    return {
        "stated": share.stated,
        "least": round(share.now.least, 6),
        "most": round(share.now.most, 6),
        "whole": round(share.whole),
    }


def _commune(villages: Iterable[VillageNow]) -> dict[str, Any]:
    villages = list(villages)
    return {
        "state": str(commune_state(villages)),
        "villages": {state: count for state, count in _by_state(villages).items() if count},
        "households": sum(village.households for village in villages),
    }


def _incident(
    incident: KeptIncident, picture: Picture, communes: frozenset[str] | None
) -> dict[str, Any]:
    impact = _impact(incident, picture, communes)
    here = incident.communes if communes is None else sorted(communes & set(incident.communes))
    whole = len(here) == len(incident.communes)
    return {
        # An official may act on what lies wholly in their communes.
        "whole": whole,
        "class": incident.class_,
        "severity": incident.severity,
        "summary": dict(_summary(incident, whole=whole)),
        "onset_at": _text(incident.onset_at),
        "communes": here,
        "villages": impact.villages,
        "households": round(impact.households),
        "household_minutes": round(impact.household_minutes, 1),
        "at": _text(picture.at),
        "planned": incident.planned,
        "flapping": incident.flapping,
        "owner": incident.acknowledged_by if incident.is_acknowledged(picture.at) else None,
        "assigned_to": incident.assigned_to,
        "escalation": incident.escalation,
    }


def _impact(incident: KeptIncident, picture: Picture, communes: frozenset[str] | None) -> Impact:
    """Return what it does to the communes together; to all of them, known or not, if None."""
    total = Impact(0, 0.0, 0.0)
    for commune, each in picture.impacts.get(incident.incident_id, {}).items():
        if communes is None or commune in communes:
            total = replace(
                total,
                villages=total.villages + each.villages,
                households=total.households + each.households,
                household_minutes=total.household_minutes + each.household_minutes,
            )
    return total


def _summary(incident: KeptIncident, *, whole: bool) -> Mapping[str, str]:
    """Return the incident's line; without names and figures if they are of others too."""
    return incident.summary if whole and incident.summary else plain_summary(incident)


def _still(value: Any) -> Any:  # noqa: ANN401 - parts of a view are any JSON
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if key not in _MOVING}


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
