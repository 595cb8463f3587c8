"""What docs/adapters.md shows is true."""

import json
import re
from pathlib import Path

from gateway.adapters.declared import DeclaredAdapter
from gateway.adapters.decoders.schema import CODE
from gateway.adapters.decoders.shelf import Shelf
from gateway.adapters.loading import load_library
from gateway.adapters.reader import parse_file
from gateway.adapters.schema import AdapterFile
from gateway.translation import Incoming, RefusalReason
from tests.gateway.adapters.conftest import NOW

_TEXT = (Path(__file__).parents[3] / "docs/adapters.md").read_text()


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", _TEXT, re.DOTALL)


def test_the_worked_example_becomes_what_it_says() -> None:
    first, second = (
        DeclaredAdapter(file, Shelf())
        for file in (parse_file(block.encode(), "docs") for block in _blocks("yaml"))
        if isinstance(file, AdapterFile)
    )
    (message,) = _blocks("json")
    incoming = Incoming("http", "", message.encode(), NOW)
    begun, done = first.translate(incoming), second.translate(incoming)
    (refusal,) = begun.refusals
    assert refusal.reason is RefusalReason.UNKNOWN_FIELD
    assert refusal.detail in " ".join(_TEXT.split())
    assert done.refusals == []
    (translated,) = done.translated
    assert json.dumps(translated.record["values"]) == json.dumps(
        {
            "water_level_m": 2.734,
            "rain_mm": 0.4,
            "cabinet_door_open": 0,
            "battery_volts": 3.61,
        }
    )


def test_every_adapter_and_every_key_is_told_of() -> None:
    adapters, shelf = load_library()
    for name, adapter in adapters.items():
        assert f"| `{name}` |" in _TEXT or not isinstance(adapter, DeclaredAdapter), name
    for key in AdapterFile.model_fields:
        assert f"| `{key}` |" in _TEXT, key
    assert CODE.keys() <= shelf.decoders.keys()
