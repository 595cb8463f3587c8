"""The page of a problem, for people whose browser opened an address that cannot be shown."""

from functools import cache
from http import HTTPStatus
from typing import Final

from aiohttp import hdrs, web
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from gateway.access.csrf import SAFE_METHODS
from gateway.access.language import language_of
from gateway.access.login import safe_next
from gateway.access.words import PROBLEM, PROBLEMS, problem_words
from gateway.problems.problem import REASON, Problem

_FOR_PROGRAMS: Final = ("/api/v1/", "/hooks/", "/in/", "/live/", "/v1/")
"""Whoever asks there has a use for problem+json, whatever it accepts."""


def problem_page(request: web.Request, problem: Problem) -> web.Response | None:
    """Return the page of a problem; None: no person's browser asked for a page."""
    accepted = request.headers.get(hdrs.ACCEPT, "")
    if request.method not in SAFE_METHODS or "text/html" not in accepted:
        return None
    if request.path.startswith(_FOR_PROGRAMS):
        return None
    language = language_of(request)
    text = _template().render(
        language=language,
        words=problem_words(language),
        what=PROBLEMS.get(problem.status, PROBLEM).of(language),
        # It comes by itself when what is away is back.
        again=problem.headers.get(hdrs.RETRY_AFTER),
        place=safe_next(request.path_qs),
        fault=problem.extra.get("id", ""),
        may_log_in=problem.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN},
    )
    response = web.Response(
        text=text, status=problem.status, content_type="text/html", headers=problem.headers
    )
    response[REASON] = problem.reason
    return response


@cache
def _template() -> Template:
    loader = PackageLoader("gateway.access")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("problem.html.j2")
