"""The documentation: OpenAPI for programs, and the same as one page for people."""

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from gateway.access.refusals import ACCESS_KINDS
from gateway.api.catalogue import OPERATIONS
from gateway.api.openapi import openapi
from gateway.problems.kinds import KINDS

_FRESH: Final = {"Cache-Control": "no-cache"}


async def show_openapi(_request: web.Request) -> web.Response:
    """Answer with the OpenAPI document."""
    return web.Response(
        body=json.dumps(openapi(), ensure_ascii=False).encode(),
        content_type="application/json",
        headers=_FRESH,
    )


async def show_page(_request: web.Request) -> web.Response:
    """Answer with the page."""
    return web.Response(text=page(), content_type="text/html", charset="utf-8", headers=_FRESH)


async def show_style(_request: web.Request) -> web.Response:
    """Answer with the page's style: a page that is safe has none inside of it."""
    text = files("gateway.api").joinpath("templates", "docs.css").read_text(encoding="utf-8")
    return web.Response(text=text, content_type="text/css", charset="utf-8", headers=_FRESH)


@cache
def page() -> str:
    """Return the page: every operation, every schema, every kind of problem."""
    document = openapi()
    environment = Environment(
        loader=PackageLoader("gateway.api"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"kind_of": kind_of, "prose": prose}
    return environment.get_template("docs.html.j2").render(
        document=document,
        operations=[
            (each, document["paths"][each.path][each.method.lower()]) for each in OPERATIONS
        ],
        schemas=document["components"]["schemas"],
        problems=[*KINDS, *ACCESS_KINDS],
    )


def prose(text: str) -> Markup:
    """Return text with what stands between backticks as code; nothing else in it is markup."""
    quoted = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(quoted)  # noqa: S704 - escaped on the line before


def kind_of(schema: dict[str, Any]) -> str:
    """Return what a schema takes, in a few words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(kind_of(each) for each in schema[several]))
    if "enum" in schema:
        return ", ".join(map(str, schema["enum"]))
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {kind_of(schema['items'])}"
    return str(schema.get("format", schema.get("type", "anything")))
