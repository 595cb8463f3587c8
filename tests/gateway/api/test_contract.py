"""What is served is what is described: schemathesis asks, rightly and wrongly, with one seed."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    missing_required_header,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from gateway.api import routes as api_routes
from gateway.api.catalogue import OPERATIONS
from gateway.api.openapi import openapi
from gateway.door import routes as door_routes
from gateway.page import routes as page_routes
from tests.gateway.api.api_world import ApiWorld

pytestmark = pytest.mark.servers

# Credentials are tried elsewhere; here they would be most of what is wrong with a request.
_SCHEMA = schemathesis.openapi.from_dict(openapi() | {"security": []})
_DESCRIBED = {
    found.ok().definition.raw["operationId"]: found.ok()
    for found in _SCHEMA.get_all_operations()
    if isinstance(found, Ok)
}
schemathesis.openapi.format(
    "date-time",
    st.datetimes(
        min_value=datetime(2000, 1, 2),  # noqa: DTZ001 - the time zone comes beside it
        max_value=datetime(2099, 12, 30),  # noqa: DTZ001 - the same
        timezones=st.just(UTC),
    ).map(datetime.isoformat),
)
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    negative_data_rejection,
    missing_required_header,
    unsupported_method,
]
_EXAMPLES = {GenerationMode.POSITIVE: 8, GenerationMode.NEGATIVE: 5}


def test_the_document_is_openapi_3_1() -> None:
    validate(openapi())
    assert openapi()["openapi"] == "3.1.0"
    assert {operation.name for operation in OPERATIONS} < set(_DESCRIBED)


def test_every_route_for_programs_is_described() -> None:
    routes = (*door_routes.ROUTES, *page_routes.ROUTES, *api_routes.ROUTES)
    served = {(route.method, re.sub(r":[^}]*", "", route.path)) for route in routes}
    mine = {
        each for each in served if each[1].startswith(("/v1/", "/in/", "/live/events", "/hooks/"))
    }
    described = {
        (method.upper(), path) for path, methods in openapi()["paths"].items() for method in methods
    }
    assert len(mine) >= 8
    assert mine <= described


@pytest.fixture(scope="module")
async def real(api: ApiWorld) -> dict[str, str]:
    """Names of things that are there, so that not every request ends with a 404."""
    villages, links, sites, devices, incidents = [
        (await api.get(f"/api/v1/{kind}", limit="1"))["items"][0]
        for kind in ("villages", "links", "sites", "devices", "incidents")
    ]
    return {
        "village": villages["code"],
        "link": links["code"],
        "site": sites["code"],
        "device": devices["code"],
        "incident": incidents["id"],
        "scope_kind": "village",
        "scope_code": villages["code"],
        "commune": villages["commune"],
        "operator": links["operator"],
        "month": f"{datetime.now(UTC):%Y-%m}",
        "mute": "1",
        "window": "1",
        "letter": "1",
    }


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("name", [operation.name for operation in OPERATIONS])
async def test_nothing_undocumented_is_answered(
    api: ApiWorld, real: Mapping[str, str], name: str, mode: GenerationMode
) -> None:
    await asyncio.to_thread(_try, _DESCRIBED[name], mode, api, real)


def _try(
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    api: ApiWorld,
    real: Mapping[str, str],
) -> None:
    @settings(
        max_examples=_EXAMPLES[mode],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.booleans())
    def check(case: Any, known: bool) -> None:  # noqa: ANN401, FBT001 - schemathesis' and hypothesis'
        if known and mode is GenerationMode.POSITIVE:
            for parts in (case.path_parameters, case.query, case.body):
                if isinstance(parts, dict):
                    parts |= {part: real[part] for part in parts.keys() & real.keys()}
        case.call_and_validate(
            base_url=api.url,
            headers={"Authorization": f"Bearer {api.tokens['admin']}"},
            checks=_CHECKS,
        )

    check()
