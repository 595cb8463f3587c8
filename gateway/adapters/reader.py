"""Reading adapters and decoders from YAML: whole or not at all, with every problem at once."""

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from typing import Final

from pydantic import BaseModel

from gateway.adapters.decoders.schema import DecoderFile
from gateway.adapters.errors import AdapterError
from gateway.adapters.schema import AdapterFile
from runtime.documents import Document, DocumentError, Path, parse_document
from runtime.wording import did_you_mean, joined, validated

KINDS: Final[dict[str, type[BaseModel]]] = {"adapter": AdapterFile, "decoder": DecoderFile}
"""What a file can be, by the key that names it."""


def read_files(files: Iterable[FilePath]) -> Iterator[tuple[FilePath, BaseModel]]:
    """Yield each file and what it holds.

    Raises:
        AdapterError: with every problem in them.
        OSError: a file cannot be read.
    """
    found: list[tuple[FilePath, BaseModel]] = []
    problems: list[str] = []
    for file in files:
        try:
            found.append((file, parse_file(file.read_bytes(), str(file))))
        except AdapterError as error:
            problems += error.problems
    if problems:
        raise AdapterError(tuple(problems))
    yield from found


def parse_file(content: bytes, source: str) -> BaseModel:
    """Read one adapter or decoder from the content of its file.

    Args:
        content: YAML.
        source: the file's name, for messages.

    Raises:
        AdapterError: with every problem in it.
    """
    try:
        document = parse_document(content)
    except DocumentError as error:
        raise AdapterError((f"{source}:{error.line}: {error.message}",)) from None
    kind = _kind(document, source)
    value, problems = validated(KINDS[kind], document.value, ())
    found = [(problem.path, problem.message) for problem in document.problems] + problems
    if found:
        lines = sorted((document.line(path), path, message) for path, message in found)
        raise AdapterError(
            tuple(_written(document, source, kind, path, message) for _, path, message in lines)
        )
    assert isinstance(value, BaseModel)  # noqa: S101 - for the type checker: no problem was found
    return value


def _kind(document: Document, source: str) -> str:
    value = document.value
    if not isinstance(value, dict):
        raise AdapterError((f"{source}:1: not a mapping: it begins with adapter or decoder",))
    for kind in KINDS:
        if kind in value:
            return kind
    keys = [key for key in value if did_you_mean(key, KINDS).startswith("; did")]
    hint = did_you_mean(keys[0], KINDS) if keys else ""
    line = document.line((keys[0],)) if keys else 1
    raise AdapterError((f"{source}:{line}: names neither an adapter nor a decoder{hint}",))


def _written(document: Document, source: str, kind: str, path: Path, message: str) -> str:
    name = document.value.get(kind)
    place, rest = _place(document.value, path)
    parts = [", ".join(part for part in (f"{kind} {name}", place) if part), joined(rest), message]
    return f"{source}:{document.line(path)}: {': '.join(part for part in parts if part)}"


def _place(value: dict[str, object], path: Path) -> tuple[str, Path]:
    """Return the message that a path is in, by its name, and the path within it."""
    messages = value.get("messages")
    if path[:1] != ("messages",) or len(path) < 2 or not isinstance(messages, list):  # noqa: PLR2004 - key and position
        return "", path
    at = path[1]
    message = messages[at] if isinstance(at, int) and at < len(messages) else None
    name = message.get("message") if isinstance(message, dict) else None
    named = f"message {name}" if isinstance(name, str) else f"message {int(at) + 1}"
    return named, path[2:]
