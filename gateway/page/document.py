"""The document: the page itself, its words in it, so that it says something without its script."""

from functools import cache
from importlib.resources import files
from typing import Final

from aiohttp import hdrs, web
from jinja2 import Environment, StrictUndefined, Template

from gateway.access.cookies import read_cookie
from gateway.access.csrf import csrf_token
from gateway.access.identity import IDENTITY, Scope, check_scope, identity_of
from gateway.access.login import login_first
from gateway.keys import SETTINGS
from gateway.page.assets import load_assets
from gateway.page.hub import LIVE
from gateway.page.words import all_words
from province.states import VILLAGE_STATES
from province.text import Language

_FIRST: Final = Language.VIETNAMESE
"""The language of the document as sent; the page's script changes it if its reader did."""


async def show_page(request: web.Request) -> web.StreamResponse:
    """Send the page to whoever is logged in; others are asked to log in."""
    if IDENTITY not in request:
        raise login_first(request)
    identity = identity_of(request)
    check_scope(identity, Scope.VIEWER)
    cookie = read_cookie(request, request.app[SETTINGS].proxies)
    text = _template().render(
        language=_FIRST,
        words={name: each.of(_FIRST) for name, each in all_words().items()},
        states=[state.name for state in reversed(VILLAGE_STATES)],
        root=load_assets().root,
        name=identity.name,
        may_act=identity.scope >= Scope.OPERATOR,
        csrf="" if cookie is None else csrf_token(cookie),
        ping=request.app[LIVE].options.ping.total_seconds(),
    )
    headers = {hdrs.CACHE_CONTROL: "no-store"}
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)


@cache
def _template() -> Template:
    source = files("gateway.page").joinpath("templates", "page.html.j2")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(source.read_text(encoding="utf-8"))
