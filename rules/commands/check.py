"""`python -m rules check`: what is wrong with a rulebook."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from province.inventory import read_inventory
from rules.commands.files import file_of
from rules.rulebook.errors import RuleBookError
from rules.rulebook.lint import warnings
from rules.rulebook.reader import read_rulebook
from rules.rulebook.subjects import subjects_of

_EXAMPLE: Final = """\
examples:
  python -m rules check
  python -m rules check mine/ --inventory inventory.jsonl

Without FILE, the shipped rulebook. A directory is all its .yaml files. Exit code 1 if anything is
wrong; warnings alone change it with --strict. docs/rulebook.md describes the format.
"""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "check",
        help="say what is wrong with a rulebook",
        description="Say what is wrong with a rulebook.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", type=Path, nargs="*", metavar="FILE", help="rulebook files or directories")
    add("--inventory", type=Path, metavar="FILE", help="warn of what it makes pointless")
    add("--strict", action="store_true", help="take warnings for problems")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
    """Check the files; return the exit code."""
    with file_of("rulebook", None):
        try:
            book = read_rulebook(*options.files)
        except RuleBookError as error:
            sys.stdout.write(f"{error}\n{_count(len(error.problems), 'problem')}\n")
            return 1
    found: list[str] = []
    if options.inventory is not None:
        with file_of("--inventory", options.inventory):
            found = list(warnings(book, subjects_of(read_inventory(options.inventory))))
    for line in found:
        sys.stdout.write(f"{line} (warning)\n")
    said = f"{_count(len(book.rules), 'rule')} in {_count(len(book.files), 'file')}"
    sys.stdout.write(f"{said}, {_count(len(found), 'warning')}\n")
    return 1 if found and options.strict else 0


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")
