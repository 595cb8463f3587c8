"""OpenAPI 3.1, made of the operations and their models: what is served is what is described.

What the gateway serves to programs beside them is described by hand, in `others`.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from gateway.api.catalogue import OPERATIONS
from gateway.api.models.problem import ProblemDocument
from gateway.api.operation import Operation
from gateway.api.others import DEVICE_SECURITY, other_paths
from gateway.api.parameters import PATH
from gateway.problems.kinds import ProblemKind
from gateway.problems.problem import MEDIA_TYPE

_REFERENCE: Final = "#/components/schemas/{model}"
_VERSION: Final = "1.0.0"
_ABOUT: Final = (
    "Which villages of the province have their broadband right now, what is the matter with the"
    " others, and what people do about it. Instants are RFC 3339, given in UTC; durations and"
    " sizes have their unit in their name; shares are between 0 and 1. A token of some communes"
    " finds only what is theirs: lists leave the rest out, and the rest is not there."
)
_SECURITY: Final = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `python -m gateway token create`.",
    },
    "device": DEVICE_SECURITY,
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag, or `version` in quotation marks, that the caller knows: if it is no"
    " longer so, nothing is done.",
    "schema": {
        "type": "string",
        "pattern": '^(\\*|(W/)?"[A-Za-z0-9]{1,64}(-[A-Za-z0-9]{1,64})?")$',
    },
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that the caller knows: if all is still so, the answer is 304.",
    "schema": {"type": "string"},
}
_ETAG: Final = {
    "description": "The version, to send as If-Match.",
    "schema": {"type": "string"},
}


@cache
def openapi() -> dict[str, Any]:
    """Return the document."""
    references, schemas = _schemas()
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for operation in OPERATIONS:
        described = _operation(operation, references, schemas)
        paths[operation.path][operation.method.lower()] = described
    paths |= other_paths(references[ProblemDocument, "serialization"])
    for model in {operation.query for operation in OPERATIONS}:
        # Their fields are described as parameters.
        schemas.pop(_name(references[model, "validation"]), None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Srepok", "version": _VERSION, "description": _ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "tags": [{"name": tag} for tag in _tags(paths)],
        "paths": dict(paths),
        "components": {"schemas": schemas, "securitySchemes": _SECURITY},
    }


def _tags(paths: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the tags in their order."""
    described = (each for path in paths.values() for each in path.values())
    return list(dict.fromkeys(tag for each in described for tag in each["tags"]))


_References = Mapping[tuple[Any, JsonSchemaMode], dict[str, Any]]


def _schemas() -> tuple[_References, dict[str, Any]]:
    """Return a reference to the schema of each model, and the schemas by name."""
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ProblemDocument, "serialization")]
    for operation in OPERATIONS:
        models.append((operation.query, "validation"))
        if operation.body is not None:
            models.append((operation.body, "validation"))
        if operation.answer is not None:
            models.append((operation.answer, "serialization"))
    references, document = models_json_schema(list(dict.fromkeys(models)), ref_template=_REFERENCE)
    return references, dict(document["$defs"])


def _operation(
    operation: Operation, references: _References, schemas: dict[str, Any]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": _description(operation),
        "parameters": _parameters(operation, references, schemas),
        "responses": _responses(operation, references),
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.body_required,
            "content": {"application/json": {"schema": references[operation.body, "validation"]}},
        }
    return described


def _description(operation: Operation) -> str:
    scope = "" if operation.scope is None else f"Needs scope {operation.scope.word}."
    return " ".join(filter(None, (operation.description, scope)))


def _parameters(
    operation: Operation, references: _References, schemas: dict[str, Any]
) -> list[dict[str, Any]]:
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": meaning,
            "schema": TypeAdapter(kind).json_schema(),
        }
        for name, (kind, meaning) in PATH.items()
        if f"{{{name}}}" in operation.path
    ]
    model = schemas[_name(references[operation.query, "validation"])]
    for name, schema in model.get("properties", {}).items():
        own = dict(schema)
        description = own.pop("description", "")
        parameters.append(
            {
                "name": name,
                "in": "query",
                "required": name in model.get("required", ()),
                "description": description,
                "schema": _without_null(own),
            }
        )
    if operation.versioned and operation.body is not None:
        parameters.append(_IF_MATCH)
    elif operation.versioned:
        parameters.append(_IF_NONE_MATCH)
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that is there: one that is not has none."""
    forms = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if not forms:
        return schema
    rest = {name: value for name, value in schema.items() if name not in {"anyOf", "default"}}
    return rest | forms[0] if len(forms) == 1 else rest | {"anyOf": forms}


def _responses(operation: Operation, references: _References) -> dict[str, Any]:
    content: dict[str, Any] = {operation.media: {"schema": {}}}
    if operation.answer is not None:
        content = {operation.media: {"schema": references[operation.answer, "serialization"]}}
    if operation.sheet:
        content["text/csv"] = {"schema": {"type": "string"}}
    answer: dict[str, Any] = {"description": operation.summary, "content": content}
    if operation.versioned:
        answer["headers"] = {"ETag": _ETAG}
    by_status: dict[int, list[ProblemKind]] = defaultdict(list)
    for kind in operation.kinds():
        by_status[kind.status].append(kind)
    answers = {str(operation.status): answer}
    if operation.versioned and operation.body is None:
        answers["304"] = {"description": "As the caller knows it", "headers": {"ETag": _ETAG}}
    return answers | {
        str(status): _problems(kinds, references) for status, kinds in sorted(by_status.items())
    }


def _problems(kinds: Sequence[ProblemKind], references: _References) -> dict[str, Any]:
    return {
        "description": "; ".join(f"{kind.title} ({kind.name})" for kind in kinds),
        "content": {MEDIA_TYPE: {"schema": references[ProblemDocument, "serialization"]}},
    }


def _name(reference: dict[str, Any]) -> str:
    return str(reference["$ref"]).rpartition("/")[2]
