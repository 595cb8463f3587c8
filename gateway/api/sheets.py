"""Sheets: answers as CSV (RFC 4180, UTF-8, a header), sent line by line in bounded memory.

A sheet is read from the database a page at a time, so a client that reads slowly holds no
connection and no snapshot; one that does not read at all is cut off.
"""

import asyncio
import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args, get_origin

from aiohttp import web
from pydantic import BaseModel

from gateway.api.operation import Sheet

_CLIENT_SECONDS: Final = 30.0
"""How long a client may take to take some lines."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes text that begins so for something to compute."""


async def send_sheet(request: web.Request, sheet: Sheet) -> web.StreamResponse:
    """Send a sheet, and return the answer once all of it is sent.

    Raises:
        ConnectionResetError: the client is gone, or takes too long.
    """
    lines = sheet.lines
    # What can go wrong at all goes wrong at the first lines: then it is still a problem.
    try:
        first = await anext(aiter(lines))
    except StopAsyncIteration:
        first = ()
    response = web.StreamResponse(headers=_named(sheet.name))
    response.content_type = "text/csv"
    response.charset = "utf-8"
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    await _send(response, _text(sheet.columns, [{column: column for column in sheet.columns}]))
    await _send(response, _text(sheet.columns, first))
    async for some in lines:
        await _send(response, _text(sheet.columns, some))
    await response.write_eof()
    return response


def sheet_of_text(name: str, text: str) -> web.Response:
    """Return the answer that is a sheet which was made whole."""
    return web.Response(text=text, content_type="text/csv", charset="utf-8", headers=_named(name))


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}


def flat(item: BaseModel) -> dict[str, Any]:
    """Return an item as one line: a field of a field is `field.field`, lists have spaces."""
    return _flat(type(item), item.model_dump(mode="json", by_alias=True), "")


def columns_of(model: type[BaseModel]) -> list[str]:
    """Return the columns of a model's lines, in the order of its fields."""
    columns: list[str] = []
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        called = field.alias or name
        columns += [called] if inner is None else [f"{called}.{each}" for each in columns_of(inner)]
    return columns


def _flat(model: type[BaseModel], values: Mapping[str, Any], before: str) -> dict[str, Any]:
    line: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        called = field.alias or name
        value, inner = values[called], _model_in(field.annotation)
        if inner is None:
            line[before + called] = _plain(value)
        elif value is not None:
            line |= _flat(inner, value, f"{before}{called}.")
    return line


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - annotations have no common type
    """Return the model that a field is, or may be; None: it is a value."""
    for kind in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(kind, type) and not get_args(kind) and issubclass(kind, BaseModel):
            return None if get_origin(annotation) in {list, dict, Sequence} else kind
    return None


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a field holds
    if isinstance(value, list) and not any(isinstance(each, dict) for each in value):
        return " ".join(map(str, value))
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return value


def _text(columns: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([_cell(line.get(column)) for column in columns] for line in lines)
    return out.getvalue().encode()


def _cell(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


async def _send(response: web.StreamResponse, some: bytes) -> None:
    if not some:
        return
    try:
        async with asyncio.timeout(_CLIENT_SECONDS):
            await response.write(some)
    except TimeoutError:
        raise ConnectionResetError("the client takes too long") from None
