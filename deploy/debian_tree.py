"""A private Debian tree: downloaded, unpacked beside its place, and moved there when whole."""

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from deploy.debian_archive import Archive, Package, find_keyring
from deploy.debian_failures import explain
from deploy.debian_recipe import Recipe
from deploy.errors import ToolchainError
from deploy.files import memory_file
from deploy.locks import locked
from deploy.progress import Progress

_STAMP: Final = ".complete"

_UNWANTED: Final = ("doc", "info", "locale", "man")
"""Below usr/share: nobody reads or hears them in there."""

_ACCOUNTS: Final = {
    "passwd": "root:x:0:0:root:/root:/bin/sh\nsrepok:x:1000:1000:srepok:/tmp:/bin/sh\n",
    "group": "root:x:0:\nsrepok:x:1000:\n",
}
"""initdb wants a name for the user that it runs as."""


def is_complete(tree: Path, recipe: Recipe) -> bool:
    """Tell whether the tree is there, whole, and made by this recipe."""
    try:
        return (tree / _STAMP).read_text(encoding="utf-8") == recipe.stamp
    except OSError:
        return False


def make_tree(
    tree: Path, recipe: Recipe, find_mirrors: Callable[[str], Sequence[str]], progress: Progress
) -> None:
    """Make the tree unless it is complete; what an interrupted run left is used.

    Two processes may call this at once: one works, the other waits for it.

    Args:
        tree: where; its parent also takes the downloads until the tree is complete.
        recipe: what it is made of.
        find_mirrors: given the program apt-get, the addresses to get packages from.
        progress: where steps are reported.

    Raises:
        ToolchainError: saying what is missing and what to do.
    """
    if is_complete(tree, recipe):
        return
    waiting = f"waiting for another process that makes {tree}"
    state = tree.with_name(f"{tree.name}.download")
    try:
        with locked(tree.parent, lambda: progress.say(waiting)) as lock:
            if not is_complete(tree, recipe):
                _make(tree, state, recipe, find_mirrors, lock, progress)
                progress.say(f"made {tree}")
    except OSError as error:
        raise _explain_system(error, tree) from error
    finally:
        progress.close()


def _make(
    tree: Path,
    state: Path,
    recipe: Recipe,
    find_mirrors: Callable[[str], Sequence[str]],
    lock: int,
    progress: Progress,
) -> None:
    apt, unpacker = _find_program("apt-get"), _find_program("dpkg-deb")
    find_keyring(recipe.keyrings)
    _check_space(tree.parent, recipe)
    archive = Archive(apt, state, recipe, lock, progress)
    progress.say(f"making a private Debian tree ({recipe.suite}) in {tree}: once, a minute or so")
    archive.update(find_mirrors(apt))
    packages = archive.resolve()
    archive.download(packages)
    partial = tree.with_name(f"{tree.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    for number, package in enumerate(packages, 1):
        progress.update("unpacking", number, len(packages), "packages")
        _unpack(unpacker, archive.packages_directory, package, partial, lock)
    _finish(partial, recipe)
    shutil.rmtree(tree, ignore_errors=True)
    partial.rename(tree)
    shutil.rmtree(state)


def _unpack(dpkg_deb: str, directory: Path, package: Package, tree: Path, lock: int) -> None:
    """Unpack one package, as files of our own: no other owners, no set-user-id bits."""
    tar = [_find_program("tar"), "--extract", "--no-same-owner", "--no-same-permissions"]
    tar += [f"--exclude=./usr/share/{name}/*" for name in _UNWANTED]
    with (
        memory_file() as errors,
        subprocess.Popen(
            [dpkg_deb, "--fsys-tarfile", str(directory / package.file)],
            stdout=subprocess.PIPE,
            stderr=errors,
            pass_fds=[lock],
        ) as packed,
    ):
        unpacked = subprocess.run(
            tar,
            stdin=packed.stdout,
            stderr=errors,
            cwd=tree,
            umask=0o022,
            pass_fds=[lock],
            check=False,
        )
        if packed.stdout:
            # Else a dpkg-deb whose reader is gone would wait for us to read.
            packed.stdout.close()
        if packed.wait() or unpacked.returncode:
            errors.seek(0)
            # A file that apt checked cannot be wrong but by a disk that failed or filled up.
            if packed.returncode > 0:
                (directory / package.file).unlink(missing_ok=True)
            raise explain(f"unpacking {package.name}", errors.read(), tree)


def _finish(tree: Path, recipe: Recipe) -> None:
    for name, text in _ACCOUNTS.items():
        (tree / "etc" / name).write_text(text, encoding="utf-8")
    # All files on the disk before the stamp says so.
    os.sync()
    (tree / _STAMP).write_text(recipe.stamp, encoding="utf-8")


def _find_program(name: str) -> str:
    """Return a program's path.

    Raises:
        ToolchainError: this is no Debian or derivative of it.
    """
    found = shutil.which(name)
    if found is None:
        raise ToolchainError(
            f"this system has no {name}, so the servers cannot be fetched as Debian packages. "
            "Use Debian 12 or newer (a derivative with apt will do), or docker-compose.yml"
        )
    return found


def _check_space(directory: Path, recipe: Recipe) -> None:
    free = shutil.disk_usage(directory).free
    if free < recipe.space_bytes:
        raise ToolchainError(
            f"{directory} has {free / 1e6:.0f} MB of free space; the servers need "
            f"{recipe.space_bytes / 1e6:.0f} MB. Free some space, or set SREPOK_HOME to a "
            "directory on another disk"
        )


def _explain_system(error: OSError, tree: Path) -> ToolchainError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return explain(f"making {tree}", "No space left on device", tree.parent)
    return ToolchainError(f"cannot make {tree}: {error}")
