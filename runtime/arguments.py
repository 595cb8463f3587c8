"""Command lines: what is unknown is refused where it stands; what goes wrong has an exit code."""

import argparse
import difflib
import sys
from collections.abc import Callable, Sequence
from typing import Any

from runtime.failures import failure_lines
from runtime.output import while_read
from runtime.settings import SettingsError

OK, FAILED, USAGE = 0, 1, 2
"""Exit codes: good, it went wrong on the way, wrong arguments, settings or files."""


def run_command(
    name: str,
    run: Callable[[], int],
    failures: tuple[type[Exception], ...],
    usage: tuple[type[Exception], ...] = (),
) -> int:
    """Run a command; say on standard error what went wrong, and return the exit code.

    That nobody reads on, as behind `| head -1`, is not wrong.

    Args:
        name: of the package, with which each message begins.
        run: the command; returns its exit code.
        failures: what can go wrong on the way without being a bug of ours.
        usage: what says that arguments or files are wrong.
    """
    try:
        return while_read(run)
    except SettingsError as error:
        _say(f"{name}: wrong settings:\n{error}")
        return USAGE
    except usage as error:
        _say(f"{name}: {error}")
        return USAGE
    except Exception as error:
        lines = failure_lines(name, error, failures)
        if lines is None:
            raise
        _say(*lines)
        return FAILED


def _say(*lines: str) -> None:
    sys.stderr.write("".join(f"{line}\n" for line in lines))


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
