"""Requests that come with a cookie: was it our own page that sent them?

A browser sends the cookie whoever makes it ask, so a change needs two things that another site
cannot give: the page's origin, which the browser writes, and a token that only the page can read.
Requests with a token in the header need neither: no browser sends that by itself.
"""

import hmac
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from gateway.access.fields import FORM, read_fields
from gateway.access.refusals import bad_origin

CSRF_HEADER: Final = "X-CSRF-Token"
CSRF_FIELD: Final = "csrf"
"""The header for programs, and the field for forms without one."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token(cookie: str) -> str:
    """Return the token that belongs to a login's cookie; the page may show it to itself."""
    return hmac.new(cookie.encode(), b"srepok-csrf", sha256).hexdigest()


def check_origin(request: web.Request) -> None:
    """Do nothing if the request was made by a page of ours.

    Raises:
        Problem: 403: by another site's, or nobody knows whose.
    """
    said = request.headers.get("Origin") or request.headers.get("Referer", "")
    # Behind a proxy the scheme is the proxy's; the host is the one that was asked for.
    if not said or _host_of(said) != request.host.lower():
        raise bad_origin("The header Origin must name the page's own address")


async def check_csrf(request: web.Request, cookie: str) -> None:
    """Do nothing if a change with this cookie comes from our own page.

    Raises:
        Problem: 403: it does not.
    """
    check_origin(request)
    said = request.headers.get(CSRF_HEADER)
    if said is None and request.content_type == FORM:
        said = (await read_fields(request)).get(CSRF_FIELD)
    if not hmac.compare_digest((said or "").encode(), csrf_token(cookie).encode()):
        raise bad_origin(f"The header {CSRF_HEADER} must be the page's token; load the page anew")


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        # No browser writes such a one.
        return None
