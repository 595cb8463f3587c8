"""The page's files over HTTP."""

from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web

from gateway.page.assets import load_assets
from gateway.problems.problem import not_found

_FOR_EVER: Final = "public, max-age=31536000, immutable"


async def send_asset(request: web.Request) -> web.Response:
    """Send a file of the page; anybody may have it, for nothing in it is a secret."""
    assets = load_assets()
    digest, name = request.match_info["digest"], request.match_info["name"]
    asset = assets.by_name.get(name) if digest == assets.digest else None
    if asset is None:
        raise not_found(f"file {request.path}")
    headers = {
        hdrs.CACHE_CONTROL: _FOR_EVER,
        hdrs.ETAG: f'"{digest}"',
        hdrs.VARY: hdrs.ACCEPT_ENCODING,
    }
    if any(tag.value in {digest, "*"} for tag in request.if_none_match or ()):
        return web.Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    body = asset.body
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        body = asset.packed
    return web.Response(
        body=body, content_type=asset.content_type, charset="utf-8", headers=headers
    )
