"""The toolchain: finds the server programs, or makes a private Debian tree that has them."""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from deploy.debian_recipe import Recipe
from deploy.debian_sources import find_mirrors
from deploy.debian_tree import is_complete, make_tree
from deploy.errors import ServerError, ToolchainError
from deploy.programs import MOSQUITTO, POSTGRES_BIN, missing_programs, mosquitto_version
from deploy.progress import Progress
from deploy.roots import LOADERS, Root, SystemRoot, TreeRoot, probe, probe_namespaces

HOME_VARIABLE: Final = "SREPOK_HOME"

_ENVIRONMENT: Final = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}
_TIMEOUT_SECONDS: Final = 120


def find_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the directory of the local stack: `SREPOK_HOME`, or `.srepok` in the checkout."""
    named = environ.get(HOME_VARIABLE)
    return Path(named or Path(__file__).parents[1] / ".srepok").resolve()


class Toolchain:
    """The server programs.

    Args:
        home: directory of the local stack; the private tree is `debian13` in it.
        environ: may name another Debian mirror, see `deploy.debian_sources`.
        progress: where long steps are reported.
        system: top of the system that may have the programs itself.
    """

    def __init__(
        self,
        home: Path,
        environ: Mapping[str, str] = os.environ,
        progress: Progress | None = None,
        system: Path = Path("/"),
    ) -> None:
        self._home = home
        self._environ = environ
        self._progress = progress or Progress()
        self._system = system

    @property
    def home(self) -> Path:
        """Directory of the local stack."""
        return self._home

    @cached_property
    def root(self) -> Root:
        """Where the programs are; found or made at first use, which can take a minute.

        Raises:
            ToolchainError: saying what is missing and what to do.
        """
        missing = missing_programs(self._system)
        if not missing:
            root: Root = SystemRoot(os.geteuid())
            self._home.mkdir(parents=True, exist_ok=True)
            probe(root, self._home)
            return root
        recipe = Recipe(find_architecture())
        tree = self._home / "debian13"
        if not is_complete(tree, recipe):
            self._progress.say(f"not on this system: {', '.join(missing)}")
            probe_namespaces()
            make_tree(tree, recipe, self._find_mirrors, self._progress)
            probe(TreeRoot(tree, recipe.architecture), self._home)
        return TreeRoot(tree, recipe.architecture)

    @property
    def ready(self) -> bool:
        """Whether the programs are here, so that nothing needs to be fetched."""
        if "root" in self.__dict__ or not missing_programs(self._system):
            return True
        return is_complete(self._home / "debian13", Recipe(find_architecture()))

    def versions(self) -> dict[str, str]:
        """Return the version of each server."""
        answer = self.run([f"{POSTGRES_BIN}/postgres", "--version"], cwd=self._home)
        control = "/usr/share/postgresql/17/extension/timescaledb.control"
        text = self.run(["/usr/bin/cat", control], cwd=self._home)
        extension = text.partition("default_version = '")[2].partition("'")[0]
        mosquitto = mosquitto_version(self.command([MOSQUITTO], cwd=self._home))
        return {
            "PostgreSQL": answer.split()[2],
            "TimescaleDB": extension,
            "Mosquitto": ".".join(map(str, mosquitto)),
        }

    def command(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        writable: Sequence[Path] = (),
        lasting: bool = False,
    ) -> list[str]:
        """Return the command that runs `argv` among the programs; see `deploy.roots.Root`.

        The working directory is writable too.
        """
        paths = [cwd, *writable]
        return self.root.command(argv, writable=paths, cwd=cwd, lasting=lasting)

    def environment(self, **variables: str) -> dict[str, str]:
        """Return the environment of a server program: ours has nothing to say to it."""
        return {**_ENVIRONMENT, **variables}

    def run(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        writable: Sequence[Path] = (),
        text: str = "",
        variables: Mapping[str, str] | None = None,
    ) -> str:
        """Run a program to its end; return its standard output.

        Args:
            argv: its absolute path and its arguments.
            cwd: where; writable.
            writable: further directories that it needs.
            text: its standard input.
            variables: of its environment.

        Raises:
            ServerError: it failed; the message has what it said.
        """
        try:
            answer = subprocess.run(
                self.command(argv, cwd=cwd, writable=writable),
                input=text,
                env=self.environment(**(variables or {})),
                capture_output=True,
                text=True,
                check=False,
                timeout=_TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise ServerError(
                f"{Path(argv[0]).name} in {cwd} did not end in {_TIMEOUT_SECONDS} s"
            ) from None
        if answer.returncode:
            said = answer.stderr.strip() or answer.stdout.strip() or "(it said nothing)"
            raise ServerError(f"{Path(argv[0]).name} in {cwd} failed: {said}")
        return answer.stdout

    def _find_mirrors(self, apt: str) -> Sequence[str]:
        return find_mirrors(apt, self._environ)


def find_architecture(which: Callable[[str], str | None] = shutil.which) -> str:
    """Return what dpkg calls this machine's architecture.

    Raises:
        ToolchainError: there is no dpkg, or nothing can be fetched for it.
    """
    dpkg = which("dpkg")
    if dpkg is None:
        raise ToolchainError(
            "this system has no dpkg, so the servers cannot be fetched as Debian packages. Use "
            "Debian 12 or newer (a derivative with apt will do), or docker-compose.yml"
        )
    answer = subprocess.run(
        [dpkg, "--print-architecture"], capture_output=True, text=True, check=True
    )
    architecture = answer.stdout.strip()
    if architecture not in LOADERS:
        raise ToolchainError(
            f"this machine is {architecture}; servers can be fetched for {' and '.join(LOADERS)}. "
            "Install them on the system yourself: see docs/operations/local-stack.md"
        )
    return architecture
