"""Headers of every answer, which tell browsers what our pages never do."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web

from gateway.access.addresses import Network, by_tls

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing inline, nothing from elsewhere, in nobody's frame."""

_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Our own pages need the origin to show that they are ours; others get nothing.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
"""An answer that says one of them itself, as static files do of Cache-Control, is left alone."""

_BY_TLS_ONLY: Final = "max-age=31536000"


def install_headers(app: web.Application, proxies: Sequence[Network]) -> None:
    """Have every answer carry the headers, streams and errors among them.

    Args:
        app: the application, not yet frozen.
        proxies: that are believed when they say that the client speaks TLS.
    """

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        add_headers(request, response, proxies)

    app.on_response_prepare.append(add)


def add_headers(
    request: web.BaseRequest, response: web.StreamResponse, proxies: Sequence[Network]
) -> None:
    """Give one answer the headers."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if by_tls(request, proxies):
        response.headers.setdefault("Strict-Transport-Security", _BY_TLS_ONLY)
    # The library and its version are nobody's business.
    response.headers["Server"] = "srepok"
