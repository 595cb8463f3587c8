"""The library: every adapter there is, shipped ones and the operator's own."""

from collections.abc import Iterable, Sequence
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
    adapters: dict[str, AdapterFile] = {}
    decoders: dict[str, DecoderFile] = {}
    for layer in ((SHIPPED, SHIPPED / "decoders"), tuple(directories)):
        _add(layer, adapters, decoders)
    shelf = Shelf(Decoder(file) for file in decoders.values())
    declared = {name: DeclaredAdapter(file, shelf) for name, file in adapters.items()}
    try:
        return {**load_codecs(directories), **declared}, shelf
    except NameTableError as error:
        raise AdapterError((str(error),)) from None


def _add(
    layer: Iterable[Path], adapters: dict[str, AdapterFile], decoders: dict[str, DecoderFile]
) -> None:
    """Add what stands in some directories, in which no name may stand twice."""
    places: dict[tuple[str, str], Path] = {}
    problems: list[str] = []
    for path, file in read_files(_files(layer)):
        if isinstance(file, AdapterFile):
            kind, name = "adapter", file.adapter
            adapters[name] = file
        else:
            assert isinstance(file, DecoderFile)  # noqa: S101 - for the type checker: there are two
            kind, name = "decoder", file.decoder
            decoders[name] = file
        first = places.setdefault((kind, name), path)
        if first != path:
            problems.append(f"{path}:1: {kind} {name}: a second one; the first is {first}")
    if problems:
        raise AdapterError(tuple(problems))


def _files(directories: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for directory in directories:
        if not directory.is_dir():
            raise AdapterError((f"{directory}: not a directory of adapters",))
        found += sorted(directory.glob("*.yaml"))
    return found
