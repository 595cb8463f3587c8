"""Authentication: who sends a request, from its header or its cookie."""

from http import HTTPStatus
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gateway.access.addresses import client_address, subscriber
from gateway.access.audit import AccessEntry, EntryKind
from gateway.access.cookies import drop_cookie, read_cookie
from gateway.access.credentials import CredentialError, parse_authorization
from gateway.access.csrf import SAFE_METHODS, check_csrf
from gateway.access.doorkeeper import Doorkeeper
from gateway.access.identity import IDENTITY, Identity, Scope
from gateway.access.in_flight import InFlight
from gateway.access.refusals import locked_out, nobody
from gateway.access.settings import AccessSettings
from gateway.problems.problem import Problem

LOGIN_PATH: Final = "/login"
_REFUSED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""To whom a thing must not exist is told that it is not there, and that is a refusal too."""


def make_authentication(doorkeeper: Doorkeeper, settings: AccessSettings) -> Middleware:
    """Return the middleware: it leaves an `Identity` in each request that shows a good credential.

    A request that shows none is nobody's and goes on: its handler says whether that will do. A bad
    one ends here, also where none was needed. The middleware raises Problem: 401, 403, 429, 503.
    """
    proxies = settings.proxies
    in_flight = InFlight(settings.token_requests)

    async def serve(
        request: web.Request, identity: Identity, handler: Handler
    ) -> web.StreamResponse:
        request[IDENTITY] = identity
        # Devices and other systems are bounded by rates, and by what waits for the broker.
        if identity.scope is Scope.NARROW:
            return await _audited(doorkeeper, request, handler)
        async with in_flight.counted(request, identity):
            return await _audited(doorkeeper, request, handler)

    @web.middleware
    async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
        header = request.headers.get("Authorization")
        address = subscriber(client_address(request, proxies))
        if header is not None:
            identified = await _identify(doorkeeper, header, address)
            return await serve(request, identified, handler)
        cookie = read_cookie(request, proxies)
        if cookie is None:
            return await handler(request)
        identity = await doorkeeper.identify_session(cookie, address)
        if identity is not None:
            return await serve(request, identity, _behind_csrf(handler, cookie))
        response = await handler(request)
        # It has ended; unless the handler has just set a new one.
        if isinstance(response, web.Response) and not response.prepared and not response.cookies:
            drop_cookie(request, response, proxies)
        return response

    return authenticate


def _behind_csrf(handler: Handler, cookie: str) -> Handler:
    async def checked(request: web.Request) -> web.StreamResponse:
        # Whoever logs in anew has no page of ours yet; the login looks at the origin itself.
        if request.method not in SAFE_METHODS and request.path != LOGIN_PATH:
            await check_csrf(request, cookie)
        return await handler(request)

    return checked


async def _audited(
    doorkeeper: Doorkeeper, request: web.Request, handler: Handler
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        if request.method not in SAFE_METHODS and problem.status in _REFUSED:
            doorkeeper.backlog.note(_refusal(doorkeeper, request, request[IDENTITY], problem))
        raise


async def _identify(doorkeeper: Doorkeeper, header: str, address: str) -> Identity:
    try:
        credential = parse_authorization(header)
    except CredentialError as error:
        wait = doorkeeper.guesses.locked_seconds(address, "", doorkeeper.clock.now())
        if wait:
            raise locked_out(wait) from None
        doorkeeper.note_guess(address, "")
        raise nobody(str(error)) from None
    return await doorkeeper.identify(credential, address)


def _refusal(
    doorkeeper: Doorkeeper, request: web.Request, identity: Identity, problem: Problem
) -> AccessEntry:
    return AccessEntry(
        doorkeeper.clock.now(),
        EntryKind.CHANGE_REFUSED,
        identity.name,
        f"{request.method} {request.rel_url.raw_path}",
        {"status": problem.status, "kind": problem.kind.name, "token_id": identity.token_id},
    )
