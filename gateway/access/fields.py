"""Fields of a form: read within a bound and a time, and in one encoding, whoever sent them."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from aiohttp import web

from gateway.bodies import read_body
from gateway.keys import SETTINGS
from gateway.problems.problem import MALFORMED, UNSUPPORTED, Problem

FORM: Final = "application/x-www-form-urlencoded"
_LONGEST: Final = 8_192
_MOST: Final = 20


async def read_fields(request: web.Request) -> Mapping[str, str]:
    """Return the fields of a form; of one that is there twice, the last.

    aiohttp's own reader waits for ever, takes the sender's word for the encoding, and fails where
    that is not so.

    Raises:
        Problem: it is no form, too long or too slow, or has too many fields.
    """
    if request.content_type != FORM:
        raise Problem(UNSUPPORTED, f"Content-Type {request.content_type[:60]!r}: {FORM} is needed")
    body = await read_body(request, _LONGEST, request.app[SETTINGS].body_timeout)
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MOST,
        )
    except ValueError:
        raise Problem(MALFORMED, f"a form has at most {_MOST} fields") from None
    return dict(pairs)
