"""The library: every adapter there is, shipped ones and the operator's own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Final

from gateway.adapters.declared import DeclaredAdapter
from gateway.adapters.decoders.decoder import Decoder
from gateway.adapters.decoders.schema import DecoderFile
from gateway.adapters.decoders.shelf import Shelf
from gateway.adapters.errors import AdapterError
from gateway.adapters.reader import read_files
from gateway.adapters.schema import AdapterFile
from gateway.codecs.loading import load_codecs
from gateway.codecs.names import NameTableError
from gateway.translation import Adapter

SHIPPED: Final = Path(str(resources.files("gateway.adapters") / "shipped"))
"""The directory of the adapters and decoders that come with Srepok."""


def load_adapters(directories: Sequence[Path] = ()) -> dict[str, Adapter]:
    """Return every adapter by its name: those of YAML files, and the codecs.

    Args:
        directories: of the operator's own `.yaml` files, and of `.csv` files of the codecs. A file
            of the name of a shipped adapter or decoder takes its place.

    Raises:
        AdapterError: with every problem in them.
        OSError: a file cannot be read.
    """
    return load_library(directories)[0]


def load_library(directories: Sequence[Path] = ()) -> tuple[dict[str, Adapter], Shelf]:
    """Return every adapter by its name, and the decoders; raises as `load_adapters`."""
    shipped, own = _shipped(), _layer(directories)
    shelf = Shelf(map(Decoder, {**shipped.decoders, **own.decoders}.values()))
    adapters = {**shipped.adapters, **own.adapters}
    declared = {name: DeclaredAdapter(file, shelf) for name, file in adapters.items()}
    try:
        return {**load_codecs(directories), **declared}, shelf
    except NameTableError as error:
        raise AdapterError((str(error),)) from None


@dataclass(frozen=True, slots=True)
class _Layer:
    """What stands in some directories."""

    adapters: dict[str, AdapterFile] = field(default_factory=dict)
    decoders: dict[str, DecoderFile] = field(default_factory=dict)


@lru_cache(maxsize=1)
def _shipped() -> _Layer:
    return _layer((SHIPPED, SHIPPED / "decoders"))


def _layer(directories: Iterable[Path]) -> _Layer:
    """Read some directories, in which no name may stand twice."""
    layer = _Layer()
    places: dict[str, Path] = {}
    problems: list[str] = []
    for path, file in read_files(_files(directories)):
        if isinstance(file, AdapterFile):
            name = f"adapter {file.adapter}"
            layer.adapters[file.adapter] = file
        else:
            assert isinstance(file, DecoderFile)  # noqa: S101 - for the type checker: there are two
            name = f"decoder {file.decoder}"
            layer.decoders[file.decoder] = file
        first = places.setdefault(name, path)
        if first != path:
            problems.append(f"{path}:1: {name}: a second one; the first is {first}")
    if problems:
        raise AdapterError(tuple(problems))
    return layer


def _files(directories: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for directory in directories:
        if not directory.is_dir():
            raise AdapterError((f"{directory}: not a directory of adapters",))
        found += sorted(directory.glob("*.yaml"))
    return found
