"""Chromium, for the tests of pages and for their pictures: the system's own, or a private tree.

Like the servers it needs no root and changes nothing outside of the local stack's directory. In
its tree it runs without a window and without a sandbox of its own: it is shown our pages only.
"""

import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from deploy.debian_recipe import Recipe
from deploy.debian_sources import find_mirrors
from deploy.debian_tree import is_complete, make_tree
from deploy.errors import ToolchainError
from deploy.progress import Progress
from deploy.roots import TreeRoot, probe_namespaces
from deploy.toolchain import find_architecture

CHROMIUM_VARIABLE: Final = "SREPOK_CHROMIUM"

PACKAGES: Final = (
    "chromium-headless-shell",
    "fonts-dejavu-core",
    "bubblewrap",
    "base-files",
    "coreutils",
    "dash",
    "libc-bin",
)
"""The browser, letters that have all of Vietnamese, and what runs it."""

_NAMES: Final = ("chromium-headless-shell", "chromium")
_PROGRAM: Final = "/usr/lib/chromium/chromium-headless-shell"
_SPACE_BYTES: Final = 800_000_000


def find_chromium(
    home: Path,
    environ: Mapping[str, str] = os.environ,
    progress: Progress | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> Path:
    """Return the program that starts Chromium; fetched at the first use, which takes a minute.

    Args:
        home: directory of the local stack; the private tree is `chromium` in it.
        environ: `SREPOK_CHROMIUM` names the program to use instead.
        progress: where long steps are reported.
        which: finds a program of the system.

    Raises:
        ToolchainError: saying what is missing and what to do.
    """
    if named := environ.get(CHROMIUM_VARIABLE):
        return Path(named)
    if found := next(filter(None, map(which, _NAMES)), None):
        return Path(found)
    try:
        return _launcher(home, environ, progress or Progress())
    except ToolchainError as error:
        raise ToolchainError(
            f"Chromium is not on this system and cannot be fetched: {error}. Or, as root, run: "
            f"apt-get install {_NAMES[0]}; or name the program in {CHROMIUM_VARIABLE}"
        ) from error


def _launcher(home: Path, environ: Mapping[str, str], progress: Progress) -> Path:
    recipe = Recipe(find_architecture(), packages=PACKAGES, space_bytes=_SPACE_BYTES)
    tree = home / "chromium"
    if not is_complete(tree, recipe):
        progress.say(f"not on this system: {_NAMES[0]}")
        probe_namespaces()
        make_tree(tree, recipe, lambda apt: find_mirrors(apt, environ), progress)
    # Whoever starts a browser gives it a profile among the temporary files.
    temporary = Path(tempfile.gettempdir()).resolve()
    root = TreeRoot(tree, recipe.architecture)
    command = root.command([_PROGRAM], writable=[temporary], cwd=temporary)
    launcher = home / "chromium-launcher"
    # In one step: another run may be starting it.
    fresh = launcher.with_name(f".{launcher.name}.{os.getpid()}.new")
    fresh.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', encoding="utf-8")
    fresh.chmod(0o755)
    return fresh.replace(launcher)
