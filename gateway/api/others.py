"""Others: what the gateway serves to programs beside the API, as OpenAPI describes it.

What uploads and webhooks hold is not described again here: that is the wire contract, and each
adapter's own matter.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

_JSON: Final = "application/json"
_CBOR: Final = "application/cbor"
_OBJECT: Final[Mapping[str, Any]] = {"type": "object"}
_COUNT: Final[Mapping[str, Any]] = {"type": "integer", "minimum": 0}
_TEXT: Final[Mapping[str, Any]] = {"type": "string"}

DEVICE_SECURITY: Final[Mapping[str, Any]] = {
    "type": "http",
    "scheme": "basic",
    "description": "A device's code and its key, of `python -m gateway device`.",
}


def other_paths(problem: Mapping[str, Any]) -> dict[str, Any]:
    """Return the paths.

    Args:
        problem: the schema of what is answered when something is wrong.
    """
    return {
        "/v1/telemetry": {
            "post": _upload("uploadTelemetry", "One report of a device, or several", problem, _CBOR)
        },
        "/v1/status": {"post": _upload("uploadStatus", "Whether a device is there", problem)},
        "/v1/event": {"post": _upload("uploadEvent", "What happened to a device", problem)},
        "/in/{adapter}": {"post": _webhook("postToAdapter", problem, "adapter")},
        "/in/{adapter}/{tail}": {
            "post": _webhook("postToAdapterBelow", problem, "adapter", "tail")
        },
        "/live/events": {"get": _events(problem)},
    }


def _upload(
    name: str, summary: str, problem: Mapping[str, Any], *more_media: str
) -> dict[str, Any]:
    array = {"type": "array", "items": _OBJECT}
    schema = {"anyOf": [_OBJECT, array]} if more_media else _OBJECT
    fields = {
        "index": _COUNT,
        "field": _TEXT,
        "value": {"type": ["string", "null"]},
        "reason": _TEXT,
        "detail": _TEXT,
    }
    return {
        "operationId": name,
        "tags": ["uploads"],
        "summary": summary,
        "description": "The payload of that channel in the wire contract; packed by gzip, if"
        " `Content-Encoding` says so. 202 once the broker has the good records.",
        "security": [{"device": []}],
        "parameters": [],
        "requestBody": {
            "required": True,
            "content": {_JSON: {"schema": schema}} | {each: {"schema": {}} for each in more_media},
        },
        "responses": {
            "202": _answer("What was accepted", _tally("faults", fields, "accepted", "refused"))
        }
        | _problems(problem, 400, 401, 403, 413, 415, 422, 429, 500, 503),
    }


def _webhook(name: str, problem: Mapping[str, Any], *places: str) -> dict[str, Any]:
    fields = {"reason": _TEXT, "detail": _TEXT, "device": {"type": ["string", "null"]}}
    return {
        "operationId": name,
        "tags": ["other systems"],
        "summary": "A message of another system",
        "description": "Needs the grant `adapter:NAME`. What stands behind the adapter's name is"
        " the adapter's matter, slashes and query among it. 202 once all of it is safe.",
        "parameters": [
            {"name": each, "in": "path", "required": True, "schema": _TEXT} for each in places
        ],
        "requestBody": {"required": True, "content": {"*/*": {"schema": {}}}},
        "responses": {
            "202": _answer("What became of it", _tally("refused", fields, "accepted", "ignored"))
        }
        | _problems(problem, 400, 401, 403, 404, 413, 415, 429, 500, 503),
    }


def _events(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "operationId": "listenLive",
        "tags": ["live page"],
        "summary": "How things stand, and each change of it, as server-sent events",
        "description": "Events `snapshot`, `change` and `stale`. Needs scope viewer.",
        "parameters": [
            {
                "name": "Last-Event-ID",
                "in": "header",
                "required": False,
                "description": "`id` of the last event that was heard: what was missed follows.",
                "schema": _TEXT,
            }
        ],
        "responses": {
            "200": {
                "description": "Events, without an end",
                "content": {"text/event-stream": {"schema": _TEXT}},
            }
        }
        | _problems(problem, 401, 403, 429, 500, 503),
    }


def _tally(listed: str, fields: Mapping[str, Any], *counts: str) -> dict[str, Any]:
    item = {"type": "object", "properties": fields, "required": list(fields)}
    return {
        "type": "object",
        "properties": dict.fromkeys(counts, _COUNT) | {listed: {"type": "array", "items": item}},
        "required": [*counts, listed],
    }


def _answer(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


def _problems(problem: Mapping[str, Any], *statuses: int) -> dict[str, Any]:
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": {"application/problem+json": {"schema": problem}},
        }
        for status in statuses
    }
