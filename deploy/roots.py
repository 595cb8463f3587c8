"""Roots: where a server program's own world is, and how a command is run in it.

A root is the system itself or a private Debian tree. In a tree a command runs under bubblewrap,
which is itself taken from the tree: it sees the tree instead of the system's programs, the
directories it is given, at their own paths, and nothing else. In both the command has user id
1000 in its own eyes, because PostgreSQL refuses to run as root; on disk everything belongs to
whoever started it.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, Protocol

from deploy.errors import ToolchainError

LOADERS: Final = MappingProxyType(
    {
        "amd64": ("x86_64-linux-gnu", "ld-linux-x86-64.so.2"),
        "arm64": ("aarch64-linux-gnu", "ld-linux-aarch64.so.1"),
    }
)
"""Library directory and program loader by architecture."""

_USER_ID: Final = "1000"
_TREE_LINKS: Final = ("bin", "lib", "lib64", "sbin")


class Root(Protocol):
    """A place that has the server programs."""

    def command(
        self, argv: Sequence[str], *, writable: Sequence[Path], cwd: Path, lasting: bool = False
    ) -> list[str]:
        """Return the command that runs `argv` in this root.

        Args:
            argv: a program's absolute path in the root, and its arguments.
            writable: directories that it may read and write; they exist.
            cwd: working directory; one of the writable ones or below one.
            lasting: it goes on when the process that started it ends, as servers do.
        """
        ...

    def has(self, path: str) -> bool:
        """Tell whether the root has this file."""
        ...


@dataclass(frozen=True, slots=True)
class SystemRoot:
    """The system itself.

    Attributes:
        user_id: who we are on it; root changes to another user, in its own eyes.
    """

    user_id: int

    def command(
        self, argv: Sequence[str], *, writable: Sequence[Path], cwd: Path, lasting: bool = False
    ) -> list[str]:
        """Return the command that runs `argv` on the system; see `Root`."""
        del writable, lasting
        change = ["env", "-C", str(cwd)]
        if self.user_id == 0:
            ids = [f"--map-user={_USER_ID}", f"--map-group={_USER_ID}"]
            change = ["unshare", "--user", *ids, *change]
        return [*change, *argv]

    def has(self, path: str) -> bool:
        """Tell whether the system has this file."""
        return Path(path).exists()


@dataclass(frozen=True, slots=True)
class TreeRoot:
    """A Debian tree.

    Attributes:
        tree: its top directory.
        architecture: as dpkg names it; a key of `LOADERS`.
    """

    tree: Path
    architecture: str

    def command(
        self, argv: Sequence[str], *, writable: Sequence[Path], cwd: Path, lasting: bool = False
    ) -> list[str]:
        """Return the command that runs `argv` in the tree; see `Root`.

        Raises:
            ToolchainError: a writable directory lies where the tree has its own.
        """
        library, loader = LOADERS[self.architecture]
        libraries = self.tree / "usr/lib" / library
        # Through the tree's own loader and libraries: the system's may be too old for it.
        program = [str(libraries / loader), "--library-path", str(libraries)]
        program += [str(self.tree / "usr/bin/bwrap")]
        program += ["--unshare-user", "--uid", _USER_ID, "--gid", _USER_ID]
        if not lasting:
            program.append("--die-with-parent")
        return [*program, *self._mounts(writable), "--chdir", str(cwd), "--", *argv]

    def has(self, path: str) -> bool:
        """Tell whether the tree has this file."""
        return (self.tree / path.lstrip("/")).exists()

    def _mounts(self, writable: Sequence[Path]) -> list[str]:
        options = []
        for name in ("usr", "etc"):
            options += ["--ro-bind", str(self.tree / name), f"/{name}"]
        for name in _TREE_LINKS:
            if (self.tree / name).is_symlink():
                options += ["--symlink", f"usr/{name}", f"/{name}"]
        options += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - theirs
        for path in writable:
            if path.is_relative_to("/usr") or path.is_relative_to("/etc"):
                raise ToolchainError(
                    f"{path} cannot be used by servers that run in {self.tree}, because the tree "
                    "has its own /usr and /etc: set SREPOK_HOME to a directory elsewhere"
                )
            options += ["--bind", str(path), str(path)]
        return options


def probe(root: Root, cwd: Path) -> None:
    """Run nothing in the root, to see that commands run there at all.

    Raises:
        ToolchainError: saying what the system forbids and which setting allows it.
    """
    command = root.command(["/usr/bin/true"], writable=[cwd], cwd=cwd)
    _check(subprocess.run(command, capture_output=True, text=True, check=False))


def probe_namespaces() -> None:
    """See that user namespaces are allowed, before anything is downloaded that needs them.

    Raises:
        ToolchainError: see `probe`.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        return  # `probe` will tell, later
    command = [unshare, "--user", "--map-root-user", "--mount", "true"]
    _check(subprocess.run(command, capture_output=True, text=True, check=False))


def _check(answer: subprocess.CompletedProcess[str]) -> None:
    if answer.returncode:
        raise ToolchainError(explain_namespaces(answer.stderr.strip(), in_container()))


def explain_namespaces(said: str, container: bool) -> str:  # noqa: FBT001 - two plain facts
    """Return the message for a system that lets us have no user namespace.

    Args:
        said: what the program that tried said.
        container: we are in a container.
    """
    remedy = (
        "This is a container whose runtime forbids them. Either start it with user namespaces "
        "allowed (Docker: --security-opt seccomp=unconfined, or --privileged), or install the "
        "servers in its image and run as an ordinary user, which needs none"
        if container
        else "As root, run one of: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 "
        "(Ubuntu 23.10 and newer), sysctl -w kernel.unprivileged_userns_clone=1 (Debian 10 and "
        "older), sysctl -w user.max_user_namespaces=15000; or install the servers on the system"
    )
    return (
        f"this system allows no user namespaces here, and the servers run in one ({said}). "
        f"{remedy}: see docs/operations/local-stack.md"
    )


def in_container(root: Path = Path("/")) -> bool:
    """Tell whether the system under `root` looks like a container's."""
    marks = (".dockerenv", "run/.containerenv", "run/systemd/container")
    return "container" in os.environ or any((root / mark).exists() for mark in marks)
