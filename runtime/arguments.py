"""Command lines: what is unknown is refused where it stands, with what may have been meant."""

import argparse
import difflib
from collections.abc import Sequence
from typing import Any


class CommandParser(argparse.ArgumentParser):
    """A parser whose commands answer for their own arguments.

    argparse hands what a command does not know up to the top, whose usage then says nothing of
    the command. Parsers of commands are of the same class as the one above them.
    """

    def parse_known_args(  # type: ignore[override]  # the overloads are all this one
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[Any, list[str]]:
        """Parse, and refuse what is unknown."""
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}{self._hint(unknown)}")
        return options, unknown

    def _hint(self, unknown: Sequence[str]) -> str:
        known = [name for name in self._option_string_actions if name.startswith("--")]
        for word in unknown:
            near = difflib.get_close_matches(word.partition("=")[0], known, n=1)
            if word.startswith("-") and near:
                return f"; did you mean {near[0]}?"
        return ""
