"""Adapters made for one test, and messages for them."""

import json
from typing import Any

from gateway.adapters.declared import DeclaredAdapter
from gateway.adapters.decoders.decoder import Decoder
from gateway.adapters.decoders.schema import DecoderFile
from gateway.adapters.decoders.shelf import Shelf
from gateway.adapters.reader import parse_file
from gateway.adapters.schema import AdapterFile
from gateway.translation import Incoming, Outcome, RefusalReason
from tests.gateway.adapters.conftest import NOW

REPORT = """\
      - device: body.id
        time: received_at
        values:
          air_temperature_c: body.t
"""


def make_adapter(
    reports: str = REPORT,
    *,
    match: str = '{route: "", if: body}',
    ignore: str = "",
    decoder: str = "",
) -> DeclaredAdapter:
    text = f"""\
adapter: mine
about: a sensor of ours
messages:
  - message: reading
    match: {match}
    reports:
{reports}"""
    file = parse_file((text + ignore).encode(), "mine.yaml")
    assert isinstance(file, AdapterFile)
    shelf = Shelf()
    if decoder:
        decoding = parse_file(decoder.encode(), "decoder.yaml")
        assert isinstance(decoding, DecoderFile)
        shelf = Shelf([Decoder(decoding)])
    return DeclaredAdapter(file, shelf)


def handed(adapter: DeclaredAdapter, body: Any, *, retain: bool = False) -> Outcome:  # noqa: ANN401
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return adapter.translate(Incoming("http", "", content, NOW, retain=retain))


def values_of(outcome: Outcome) -> dict[str, Any]:
    (translated,) = outcome.translated
    values: dict[str, Any] = translated.record["values"]
    return values


def refused(outcome: Outcome) -> list[tuple[RefusalReason, str]]:
    return [(one.reason, one.detail) for one in outcome.refusals]
