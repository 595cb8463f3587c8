"""Serving: what aiohttp calls for an operation: who asks, what is asked, the answer."""

import re
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from pydantic import BaseModel

from gateway.access.identity import Identity, Scope, check_scope, identity_of
from gateway.api.forms import form_of
from gateway.api.operation import Asked, Operation, Reply, Result, Sheet
from gateway.api.parameters import read_body, read_path, read_query, wrong
from gateway.api.sheets import send_sheet
from gateway.api.values import Answer
from gateway.keys import CLOCK, POOL
from gateway.problems.problem import MALFORMED, Problem

_ANYBODY: Final = Identity("anybody", Scope.NARROW, communes=frozenset())
_IDEMPOTENCY: Final = "Idempotency-Key"
_TAG: Final = re.compile(r'\s*(?:W/)?"([A-Za-z0-9]{1,64})(?:-[A-Za-z0-9]{1,64})?"\s*')
"""A version, and behind it, of a story, what of the story has no version."""


def handler_of(operation: Operation) -> Handler:
    """Return the handler of an operation."""

    async def handle(request: web.Request) -> web.StreamResponse:
        identity = _admit(operation, request)
        _check_no_idempotency(request)
        path = read_path(request.match_info)
        query = read_query(operation.query, request.query)
        form = form_of(operation, query, request)
        if_match = _if_match(request) if operation.versioned else None
        body = await _body(operation, request)
        asked = Asked(
            request,
            path,
            query,
            body,
            form,
            if_match,
            identity,
            request.app[CLOCK].now(),
            request.app[POOL],
        )
        return await _answer(request, operation, await operation.run(asked))

    return handle


async def _body(operation: Operation, request: web.Request) -> BaseModel | None:
    if operation.body is None:
        return None
    return await read_body(operation.body, request, required=operation.body_required)


def _admit(operation: Operation, request: web.Request) -> Identity:
    """Return who asks.

    Raises:
        Problem: nobody, or somebody who may not.
    """
    if operation.scope is None:
        return _ANYBODY
    identity = identity_of(request)
    if operation.grant is None or operation.grant not in identity.grants:
        check_scope(identity, operation.scope)
    return identity


def _is_known(request: web.Request, etag: str | None) -> bool:
    """Whether somebody who looks again has all that there is, by the header If-None-Match."""
    if etag is None or request.method not in {hdrs.METH_GET, hdrs.METH_HEAD}:
        return False
    known = request.if_none_match or ()
    return any(each.value in {"*", etag.removeprefix("W/").strip('"')} for each in known)


def _check_no_idempotency(request: web.Request) -> None:
    """Do nothing if nobody relies on a promise that is not made.

    Raises:
        Problem: somebody does, who would send a deed twice.
    """
    key = request.headers.get(_IDEMPOTENCY)
    if key is not None:
        raise wrong("header", _IDEMPOTENCY, "it is not heeded here: leave it out", key)


def _if_match(request: web.Request) -> str | None:
    """Return the version that the caller knows, of the header If-Match.

    Raises:
        Problem: it has no version of ours.
    """
    text = request.headers.get("If-Match")
    if text is None or text.strip() == "*":
        return None
    found = _TAG.fullmatch(text)
    if found is None:
        raise Problem(MALFORMED, 'If-Match: not one ETag such as "5c1f09ab"')
    return found[1]


async def _answer(request: web.Request, operation: Operation, result: Result) -> web.StreamResponse:
    if isinstance(result, web.StreamResponse):
        return result
    if isinstance(result, Sheet):
        return await send_sheet(request, result)
    if isinstance(result, BaseModel):
        result = Reply(result, operation.status)
    if _is_known(request, result.headers.get("ETag")):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=dict(result.headers))
    sparse = isinstance(result.content, Answer) and result.content.sparse
    return web.Response(
        status=result.status,
        # As bytes: JSON has no parameter for its encoding.
        body=result.content.model_dump_json(exclude_none=sparse).encode(),
        content_type="application/json",
        headers=dict(result.headers),
    )
