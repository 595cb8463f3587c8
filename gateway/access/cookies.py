"""The cookie of a login: its name, its bounds, and when it is only for TLS."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from aiohttp import web

from gateway.access.addresses import Network, by_tls

_PLAIN: Final = "srepok-session"
_SECURE: Final = "__Host-srepok-session"
"""Browsers keep a cookie of such a name only for this very host, and only by TLS."""
_LONGEST: Final = 64


def read_cookie(request: web.Request, proxies: Sequence[Network]) -> str | None:
    """Return what the browser holds; None: nothing, or nothing that we gave it."""
    cookie = request.cookies.get(_name(request, proxies), "")
    return cookie if cookie and len(cookie) <= _LONGEST and cookie.isascii() else None


def set_cookie(
    request: web.Request,
    response: web.Response,
    cookie: str,
    life: timedelta,
    proxies: Sequence[Network],
) -> None:
    """Have the browser keep a login."""
    response.set_cookie(
        _name(request, proxies),
        cookie,
        max_age=int(life.total_seconds()),
        path="/",
        secure=by_tls(request, proxies),
        httponly=True,
        samesite="Strict",
    )


def drop_cookie(request: web.Request, response: web.Response, proxies: Sequence[Network]) -> None:
    """Have the browser forget it."""
    set_cookie(request, response, "", timedelta(0), proxies)


def _name(request: web.Request, proxies: Sequence[Network]) -> str:
    return _SECURE if by_tls(request, proxies) else _PLAIN
