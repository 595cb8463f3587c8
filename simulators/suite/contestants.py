"""Contestants: the watchers that take part in a suite, and how each is started."""

import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simulators.errors import UsageError

_NAMED: Final = re.compile(r"([a-z0-9][a-z0-9-]*)=(.+)", re.DOTALL)
_NEEDED: Final = ("{events}", "{out}")
_PLACEHOLDERS: Final = (*_NEEDED, "{inventory}", "{state}")


@dataclass(frozen=True, slots=True)
class Contestant:
    """A watcher: its name, and its command with placeholders in braces."""

    name: str
    command: Sequence[str]

    def arguments(self, places: Mapping[str, Path]) -> list[str]:
        """Return the command for one run, every placeholder replaced by its path."""
        arguments = []
        for argument in self.command:
            text = argument
            for name, path in places.items():
                text = text.replace(f"{{{name}}}", str(path))
            arguments.append(text)
        return arguments


def _reference(name: str) -> Contestant:
    # Without a state directory, as such tools are usually run: a restart costs them their memory.
    command = [sys.executable, "-m", "simulators", "watch", name]
    places = ["--events", "{events}", "--inventory", "{inventory}", "--out", "{out}"]
    return Contestant(name, (*command, *places))


REFERENCES: Final = (_reference("naive"), _reference("static"))
"""Those that take part in every suite."""


def parse_contestant(text: str) -> Contestant:
    """Return the watcher that an argument `CMD` or `NAME=CMD` means.

    Raises:
        UsageError: the command lacks a placeholder that it needs, or cannot be taken apart.
    """
    match = _NAMED.fullmatch(text)
    name, command = match.groups() if match else (None, text)
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"watcher {text!r}: {error}") from None
    missing = [place for place in _NEEDED if not any(place in word for word in words)]
    if missing:
        known = ", ".join(_PLACEHOLDERS)
        raise UsageError(f"watcher {text!r}: without {', '.join(missing)}; there are {known}")
    return Contestant(name or Path(words[0]).name, tuple(words))


def line_up(texts: Sequence[str]) -> tuple[Contestant, ...]:
    """Return the reference watchers and those asked for.

    Raises:
        UsageError: two have the same name, or one cannot be started so.
    """
    contestants = (*REFERENCES, *(parse_contestant(text) for text in texts))
    names = [contestant.name for contestant in contestants]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"watcher {name!r}: twice; give it a name of its own as NAME=CMD")
    return contestants
