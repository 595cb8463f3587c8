import json
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import psycopg
import pytest
from aiohttp import ClientPayloadError, ClientSession, web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from gateway.problems.kinds import KINDS
from gateway.problems.problem import (
    CONFLICT,
    INVALID,
    FieldError,
    Problem,
    make_problem_middleware,
    unavailable,
)
from rules.store.errors import AcknowledgedError, UnknownIncidentError

Client = TestClient[web.Request, web.Application]


RAISED: dict[str, Exception] = {
    "problem": Problem(CONFLICT, "village 1: it is dark"),
    "values": Problem(INVALID, "no", errors=[FieldError("body", "/until", "is past", "x" * 500)]),
    "away": unavailable("The broker is away"),
    "acknowledged": AcknowledgedError("incident a: somebody has it"),
    "unknown": UnknownIncidentError("incident a: there is none"),
    "database": psycopg.OperationalError("server closed the connection: password hunter2"),
    "statement": psycopg.errors.UndefinedColumn("column secret_column does not exist"),
    "slow": psycopg.errors.QueryCanceled("canceling statement due to statement timeout"),
    "fault": KeyError("/etc/secret"),
    "lawyers": web.HTTPUnavailableForLegalReasons(link=None),
}


async def _raise(request: web.Request) -> web.Response:
    raise RAISED[request.match_info["name"]]


async def _break_off(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(b"half of it")
    raise KeyError("the other half")


async def _read(request: web.Request) -> web.Response:
    return web.Response(text=await request.text())


@pytest.fixture
def counted() -> list[str]:
    """By what refusals were counted."""
    return []


@pytest.fixture
async def client(counted: list[str]) -> AsyncIterator[Client]:
    problems = make_problem_middleware(Random(1), counted.append)
    app = web.Application(middlewares=[problems], client_max_size=1000)
    app.router.add_get("/raise/{name}", _raise)
    app.router.add_get("/broken", _break_off)
    app.router.add_post("/read", _read)
    async with TestClient(TestServer(app)) as client:
        yield client


async def _problem(
    client: Client,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    async with client.request(method, path, data=body, headers=headers) as response:
        assert response.content_type == "application/problem+json"
        document: dict[str, Any] = json.loads(await response.text())
        assert document["status"] == response.status
        return document | {"headers": dict(response.headers)}


@pytest.mark.parametrize(
    ("name", "status", "kind"),
    [
        ("problem", 409, "conflict"),
        ("values", 422, "invalid"),
        ("away", 503, "unavailable"),
        ("acknowledged", 409, "conflict"),
        ("unknown", 404, "not-found"),
        ("database", 503, "unavailable"),
        ("slow", 503, "unavailable"),
        ("lawyers", 451, "http-451"),
    ],
)
async def test_what_is_raised_becomes_a_problem_of_its_kind_and_is_counted_by_it(
    client: Client, counted: list[str], name: str, status: int, kind: str
) -> None:
    with capture_logs() as lines:
        document = await _problem(client, "GET", f"/raise/{name}")
    assert (document["status"], document["type"]) == (status, f"/api/docs#problem-{kind}")
    assert lines == []
    assert "hunter2" not in json.dumps(document)
    assert counted == [kind]


async def test_a_wrong_value_is_named_with_its_place_and_cut_off(client: Client) -> None:
    document = await _problem(client, "GET", "/raise/values")
    assert document["errors"] == [
        {"in": "body", "pointer": "/until", "value": "x" * 200, "reason": "is past"}
    ]


@pytest.mark.parametrize("name", ["fault", "statement"])
async def test_a_fault_of_ours_is_logged_once_and_tells_only_its_id(
    client: Client, name: str
) -> None:
    with capture_logs() as lines:
        document = await _problem(client, "GET", f"/raise/{name}")
    assert document["status"] == 500
    assert "secret" not in json.dumps(document)
    assert [line["fault"] for line in lines] == [document["id"]]
    assert lines[0]["exc_info"] is RAISED[name]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/read", 405), ("POST", "/read", 413)],
)
async def test_what_the_server_itself_refuses_is_a_problem_too(
    client: Client, method: str, path: str, status: int
) -> None:
    document = await _problem(client, method, path, b"x" * 2000)
    assert document["status"] == status
    if status == 405:
        assert document["headers"]["Allow"] == "POST"


async def test_a_body_that_is_not_in_its_encoding_is_malformed(client: Client) -> None:
    document = await _problem(client, "POST", "/read", b"not gzip", {"Content-Encoding": "gzip"})
    assert document["status"] == 400


async def test_an_answer_that_breaks_off_breaks_the_connection(client: Client) -> None:
    with capture_logs() as lines:
        async with ClientSession() as session, session.get(client.make_url("/broken")) as response:
            assert response.status == 200
            with pytest.raises(ClientPayloadError):
                await response.read()
    assert [line["event"] for line in lines] == ["request failed"]


def test_kinds_have_names_and_statuses_of_their_own() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert all(400 <= kind.status < 600 for kind in KINDS)
