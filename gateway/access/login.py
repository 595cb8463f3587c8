"""The login of the live page: a form that takes a token, and needs no JavaScript."""

from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Final
from urllib.parse import quote

import psycopg
from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from gateway.access.addresses import client_address, subscriber
from gateway.access.cookies import drop_cookie, read_cookie, set_cookie
from gateway.access.credentials import CredentialError, parse_token
from gateway.access.csrf import check_origin
from gateway.access.doorkeeper import ACCESS
from gateway.access.fields import read_fields
from gateway.access.identity import IDENTITY, Identity, Scope
from gateway.access.language import language_of
from gateway.access.refusals import forbidden, locked_out, nobody, unknowable
from gateway.access.sessions import end_session, open_session
from gateway.access.words import WRONG, words_of
from gateway.keys import POOL, SETTINGS
from gateway.problems.problem import REASON, Problem
from province.text import Language

HOME: Final = "/"


async def show_login(request: web.Request) -> web.Response:
    """`GET /login`: the form."""
    query = request.query
    return _form(language_of(request, query.get("lang")), safe_next(query.get("next", HOME)))


async def log_in(request: web.Request) -> web.Response:
    """`POST /login`: a login for a good token, or the form again with what is wrong.

    Raises:
        Problem: 403: another site had the browser send this; or it is no form of ours.
    """
    check_origin(request)
    fields = await read_fields(request)
    language = language_of(request, fields.get("lang"))
    place = safe_next(fields.get("next", HOME))
    try:
        identity = await _identify(request, fields.get("token", "").strip())
        proxies = request.app[SETTINGS].proxies
        doorkeeper, before = request.app[ACCESS], read_cookie(request, proxies)
        cookie = await open_session(request.app[POOL], doorkeeper, identity, before)
    except (Problem, psycopg.Error) as error:
        return _form(language, place, error if isinstance(error, Problem) else unknowable())
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": place})
    set_cookie(request, response, cookie, doorkeeper.options.session_life, proxies)
    return response


async def log_out(request: web.Request) -> web.Response:
    """`POST /logout`: the login ends, here and in the database.

    Raises:
        Problem: 403: another site had the browser send this.
    """
    # Without a cookie nobody has looked yet, and the answer would take one away.
    check_origin(request)
    proxies = request.app[SETTINGS].proxies
    identity, cookie = request.get(IDENTITY), read_cookie(request, proxies)
    if identity is not None and cookie is not None:
        await end_session(request.app[POOL], request.app[ACCESS], identity, cookie)
    response = web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": "/login"})
    drop_cookie(request, response, proxies)
    return response


async def show_style(_request: web.Request) -> web.Response:
    """`GET /login.css`."""
    return web.Response(
        text=_style(), content_type="text/css", headers={"Cache-Control": "max-age=3600"}
    )


def login_first(request: web.Request) -> web.HTTPSeeOther:
    """Return the redirection of a page to the login, which leads back to it."""
    return web.HTTPSeeOther(f"/login?next={quote(safe_next(request.path_qs), safe='/')}")


def safe_next(place: str) -> str:
    """Return the place to go to after the login: on this site, or its first page."""
    # Browsers take \ for /, skip control characters, and take // for another host.
    if place.startswith("/") and place.isprintable() and not {"\\", " "} & set(place):
        return HOME if place.startswith(("//", "/login", "/logout")) else place
    return HOME


async def _identify(request: web.Request, text: str) -> Identity:
    doorkeeper = request.app[ACCESS]
    address = subscriber(client_address(request, request.app[SETTINGS].proxies))
    try:
        credential = parse_token(text)
    except CredentialError as error:
        if wait := doorkeeper.guesses.locked_seconds(address, "", doorkeeper.clock.now()):
            raise locked_out(wait) from None
        doorkeeper.note_guess(address, "")
        raise nobody(str(error)) from None
    identity = await doorkeeper.identify(credential, address)
    if identity.scope < Scope.VIEWER:
        raise forbidden("a token of scope viewer is needed")
    return identity


def _form(language: Language, place: str, problem: Problem | None = None) -> web.Response:
    other = Language.ENGLISH if language is Language.VIETNAMESE else Language.VIETNAMESE
    text = _template().render(
        language=language,
        other=other,
        words=words_of(language),
        next=place,
        wrong="" if problem is None else WRONG[problem.status].of(language),
    )
    status = HTTPStatus.OK if problem is None else problem.status
    headers = {} if problem is None else problem.headers
    headers.pop("WWW-Authenticate", None)
    response = web.Response(text=text, status=status, content_type="text/html", headers=headers)
    if problem is not None:
        response[REASON] = problem.reason
    return response


@cache
def _template() -> Template:
    loader = PackageLoader("gateway.access")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    return environment.get_template("login.html.j2")


@cache
def _style() -> str:
    return files("gateway.access").joinpath("static", "login.css").read_text(encoding="utf-8")
