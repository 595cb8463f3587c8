"""The guard: addresses that are written to get past something are refused before anybody looks."""

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from gateway.access.credentials import LOOKS_LIKE_TOKEN
from gateway.access.refusals import SECRET_IN_URL, bad_address
from gateway.problems.problem import MALFORMED, Problem

_TRICKS: Final = re.compile(
    r"""//|\\|%2f|%5c|%00          # a slash that only some see, or the end that only some see
    |(?:^|/)(?:\.|%2e){1,2}(?:/|$)  # here and above
    |[^\x21-\x7e]                   # what must be escaped""",
    re.IGNORECASE | re.VERBOSE,
)
_SECRET_NAMES: Final = frozenset(
    {"token", "access_token", "api_key", "apikey", "password", "secret", "authorization"}
)
_ONCE: Final = ("Authorization", "Host")


def make_guard(host_names: frozenset[str]) -> Middleware:
    """Return the middleware.

    Args:
        host_names: that requests may be addressed to; empty: any.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        check_address(request.raw_path)
        for name in _ONCE:
            if len(request.headers.getall(name, [])) > 1:
                raise Problem(MALFORMED, f"The header {name} is there twice")
        if host_names and _host_name(request.host) not in host_names:
            raise bad_address("The header Host names a host that is not ours")
        return await handler(request)

    return guard


def check_address(raw_path: str) -> None:
    """Do nothing if a path with its query is written plainly and holds no secret.

    Raises:
        Problem: 400; it does not repeat the address.
    """
    path, _, text = raw_path.partition("?")
    if not path.startswith("/") or _TRICKS.search(path):
        raise bad_address("The path has empty, dotted or disguised parts")
    names = {name.lower() for name, _ in parse_qsl(text, keep_blank_values=True)}
    if names & _SECRET_NAMES or LOOKS_LIKE_TOKEN.search(unquote(raw_path)):
        raise Problem(
            SECRET_IN_URL,
            "Send tokens in the header Authorization; if this one is real, revoke it: addresses"
            " are logged on the way",
        )


def _host_name(host: str) -> str:
    return re.sub(r":\d+\Z", "", host).lower()
