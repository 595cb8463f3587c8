"""Assets: the files of the page, as they are sent; made once when the gateway starts.

Their address holds a digest of all of them, so a browser may keep them for ever, and a page never
mixes files of two releases. Words, colours, names and the map are made from their one source.
"""

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from gateway.page.map import draw_map
from gateway.page.words import all_words
from province.dak_lak import load_communes
from province.dak_lak.boundaries import load_boundaries
from province.states import SEVERITIES, VILLAGE_STATES

_TYPES: Final = {
    "js": "text/javascript",
    "css": "text/css",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file, plain and packed."""

    content_type: str
    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Assets:
    """All files of the page.

    Attributes:
        digest: of all of them; changes with any.
        by_name: the files.
    """

    digest: str
    by_name: Mapping[str, Asset]

    @property
    def root(self) -> str:
        """The path that their names are below."""
        return f"/static/{self.digest}"


@cache
def load_assets() -> Assets:
    """Return the files as they are shipped, and those made from data."""
    static = files("gateway.page").joinpath("static")
    texts = {each.name: each.read_text(encoding="utf-8") for each in static.iterdir()}
    texts |= {
        "words.js": _module("WORDS", _words()),
        "places.js": _module("COMMUNES", _communes()),
        "states.css": _colours(),
        "map.svg": draw_map(load_communes(), load_boundaries()),
    }
    digest = hashlib.sha256()
    for name, text in sorted(texts.items()):
        digest.update(f"{name}\0{text}\0".encode())
    return Assets(
        digest.hexdigest()[:16], {name: _asset(name, text) for name, text in texts.items()}
    )


def _asset(name: str, text: str) -> Asset:
    body = text.encode()
    # Without a time in it, the same file is packed to the same bytes.
    return Asset(_TYPES[name.rpartition(".")[2]], body, gzip.compress(body, mtime=0))


def _module(name: str, value: Any) -> str:  # noqa: ANN401 - JSON's values are anything
    return f"export const {name} = {json.dumps(value, ensure_ascii=False, indent=0)};\n"


def _words() -> dict[str, dict[str, str]]:
    return {name: {"en": text.en, "vi": text.vi} for name, text in sorted(all_words().items())}


def _communes() -> dict[str, dict[str, str]]:
    return {
        one.code: {"name": one.name, "ascii": one.name_ascii, "kind": one.kind}
        for one in load_communes()
    }


def _colours() -> str:
    lines = [f"  --state-{state.name}: {state.colour};" for state in VILLAGE_STATES]
    lines += [f"  --severity-{state.name}: {state.colour};" for state in SEVERITIES]
    return ":root {\n" + "\n".join(lines) + "\n}\n"
