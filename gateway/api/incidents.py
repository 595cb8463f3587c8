"""Incidents: the list, one with its story, and one as other systems want it."""

from collections.abc import Sequence
from typing import Any, Final

from psycopg import AsyncConnection
from pydantic import AwareDatetime, TypeAdapter

from gateway.access.identity import Identity, check_communes
from gateway.api.known import check_known
from gateway.api.listing import Key, Listing, listed
from gateway.api.models.alarm import Tmf642Alarm
from gateway.api.models.incidents import (
    Entry,
    Impact,
    Incident,
    IncidentPage,
    IncidentQuestion,
    Notification,
    Story,
    Words,
)
from gateway.api.operation import Asked, NoQuestion, Operation, Reply
from gateway.api.queries import reading, select
from gateway.api.sight import seen, seen_story
from gateway.api.versions import story_etag, version_of
from gateway.problems.problem import not_found
from rules.incidents.export import tmf642
from rules.incidents.texts import reason_words
from rules.store.alarms import alarm_of
from rules.store.read import IncidentStory, KeptIncident, show_incident

_KEY: Final = TypeAdapter(tuple[AwareDatetime, str])
"""When an incident was opened: when it began may be mended while somebody reads the list."""
_TAG: Final = "incidents"
_NO_FILTER: Final[dict[str, Any]] = dict.fromkeys(
    (
        *("incident", "status", "since", "until", "commune", "village", "operator", "class"),
        *("severity", "acknowledged", "assigned_to", "after_at", "after"),
    )
)


def incident_of(kept: KeptIncident, identity: Identity) -> Incident:
    """Return an incident as it is shown to somebody: an official sees their own communes."""
    version = version_of(kept)
    kept = seen(kept, identity)
    return Incident(
        **{name: getattr(kept, name) for name in _SHOWN},
        id=kept.incident_id,
        version=version,
        incident_class=kept.class_,
        summary=Words(**kept.summary),
        description=Words(**kept.description),
        labels=dict(kept.labels),
    )


_SHOWN: Final = sorted(
    set(Incident.model_fields)
    & set(KeptIncident.__dataclass_fields__) - {"summary", "description", "labels"}
)


async def find_incident(
    connection: AsyncConnection, asked: Asked[Any, Any], incident: str
) -> Incident:
    """Return an incident.

    Raises:
        Problem: there is none of that name for whoever asks.
    """
    values = _NO_FILTER | {
        "incident": incident, "scope": asked.scope, "now": asked.now, "limit": 1
    }  # fmt: skip
    found = await select(connection, KeptIncident, "list_incidents", values)
    if not found:
        raise not_found(f"incident {incident}")
    return incident_of(found[0], asked.identity)


async def _incidents(asked: Asked[IncidentQuestion, None]) -> Listing[Incident]:
    query = asked.query
    async with reading(asked.pool) as connection:
        for kind in ("commune", "village", "operator"):
            await check_known(connection, asked, kind, getattr(query, kind))
    values = _NO_FILTER | query.model_dump(exclude={"limit", "cursor", "format"})
    values |= {"class": query.incident_class, "scope": asked.scope, "now": asked.now}

    async def fetch(after: Key | None, limit: int) -> Sequence[Incident]:
        at, name = after or (None, None)
        place = {"after_at": at, "after": name, "limit": limit}
        async with reading(asked.pool) as connection:
            found = await select(connection, KeptIncident, "list_incidents", values | place)
        return [incident_of(each, asked.identity) for each in found]

    return Listing(Incident, IncidentPage, _KEY, lambda one: (one.opened_at, one.id), fetch)


async def _story(asked: Asked[NoQuestion, None]) -> Reply:
    story = await _kept_story(asked)
    identity = asked.identity
    incident = incident_of(story.incident, identity)
    content = Story(
        incident=incident,
        impacts=[
            Impact(
                village=each.village_code,
                name=each.name,
                commune=each.commune_code,
                state=each.state,
                since=each.since,
                until=each.until,
                households=each.households,
                share=each.share,
            )
            for each in story.impacts
        ],
        timeline=[
            Entry(
                at=each.at,
                kind=each.kind,
                actor=each.actor,
                reason=each.reason,
                words=Words(**reason_words(each.actor, each.reason)),
                detail=dict(each.detail),
            )
            for each in story.entries
        ],
        notifications=[
            Notification(
                receiver=each.receiver,
                action=each.action,
                state=each.state,
                attempts=each.attempts,
                first_at=each.first_at,
                last_at=each.last_at,
                error=each.error,
            )
            for each in story.notifications
        ],
        parts=list(story.parts),
    )
    lasting = content.model_dump_json(exclude={"incident": {"household_minutes"}})
    return Reply(content, headers={"ETag": story_etag(incident.version, lasting.encode())})


async def _tmf642(asked: Asked[NoQuestion, None]) -> Tmf642Alarm:
    story = await _kept_story(asked)
    return Tmf642Alarm.model_validate(tmf642(alarm_of(story, asked.now)))


async def _kept_story(asked: Asked[NoQuestion, None]) -> IncidentStory:
    """Return all that whoever asks may know of an incident.

    Raises:
        Problem: there is none of that name for them.
    """
    incident = asked.path["incident"]
    async with reading(asked.pool) as connection:
        story = await show_incident(connection, incident, asked.now)
    if story is None:
        raise not_found(f"incident {incident}")
    check_communes(asked.identity, story.incident.communes, f"incident {incident}")
    return seen_story(story, asked.identity)


OPERATIONS: Final = (
    Operation(
        name="listIncidents",
        method="GET",
        path="/api/v1/incidents",
        tag=_TAG,
        summary="Incidents, those that were opened last first",
        query=IncidentQuestion,
        answer=IncidentPage,
        sheet=True,
        run=listed("incidents", _incidents),
    ),
    Operation(
        name="getIncident",
        method="GET",
        path="/api/v1/incidents/{incident}",
        tag=_TAG,
        summary="One incident: its impacts, its timeline, who was told",
        answer=Story,
        versioned=True,
        run=_story,
    ),
    Operation(
        name="getIncidentAsTmf642",
        method="GET",
        path="/api/v1/incidents/{incident}/tmf642",
        tag=_TAG,
        summary="One incident as TM Forum's Alarm (TMF642, versions 4 and 5)",
        answer=Tmf642Alarm,
        run=_tmf642,
    ),
)
"""What can be asked about incidents."""
