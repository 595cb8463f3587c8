"""Packages from Debian's archive, by the system's own apt with a state of its own.

Nothing of the system's packages is read or changed and no rights are needed. apt checks the
archive's signature, and through it the digest of every package.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from deploy.debian_failures import explain
from deploy.debian_recipe import Recipe
from deploy.errors import ToolchainError
from deploy.files import memory_file
from deploy.progress import Progress

_CONFIGURATION: Final = """\
Dir::Etc::sourcelist "{state}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::Etc::trusted "/dev/null";
Dir::Etc::trustedparts "/dev/null";
Dir::State "{state}";
Dir::State::lists "{state}/lists";
Dir::State::status "{state}/status";
Dir::Cache "{state}";
Dir::Cache::archives "{state}/archives";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dir::Log "{state}";
APT::Architecture "{architecture}";
#clear APT::Architectures;
APT::Architectures {{ "{architecture}"; }};
APT::Install-Recommends "false";
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Retries "2";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""
# The rest of the system's apt configuration stays in force: a proxy, for one. Its hooks do not,
# because they clean or read the system's own state. `Sandbox::User`: our directories are not
# readable to the user that apt would otherwise change to.

_STAND_IN: Final = """\
Package: {name}
Status: install ok installed
Architecture: {architecture}
Multi-Arch: foreign
Version: 999:0
Maintainer: nobody
Description: not needed here

"""

_PRINTED: Final = re.compile(r"^'.*' (?P<file>\S+\.deb) (?P<size>\d+) ", re.MULTILINE)
_STATUS: Final = re.compile(r"^dlstatus:[^:]*:(?P<percent>[\d.]+):")


@dataclass(frozen=True, slots=True)
class Package:
    """One package to unpack: its file's name and size in bytes."""

    file: str
    size: int

    @property
    def name(self) -> str:
        """Name and version as a person writes them."""
        return unquote(self.file).rsplit("_", 1)[0].replace("_", " ")


class Archive:
    """Debian's archive as seen through a private apt.

    Args:
        apt: the program apt-get.
        state: directory for apt's state and the packages; made if missing.
        recipe: what is wanted.
        lock: descriptor that apt's processes inherit; see `deploy.locks`.
        progress: where steps are reported.
    """

    def __init__(
        self, apt: str, state: Path, recipe: Recipe, lock: int, progress: Progress
    ) -> None:
        self._apt = apt
        self._state = state
        self._recipe = recipe
        self._lock = lock
        self._progress = progress

    @property
    def packages_directory(self) -> Path:
        """Where downloaded packages are."""
        return self._state / "archives"

    def update(self, mirrors: Sequence[str]) -> str:
        """Fetch the index of the first address that has our suite, signed; return the address.

        Raises:
            ToolchainError: none has; the message says why the likeliest has not.
        """
        failures = []
        for mirror in mirrors:
            self._configure(mirror)
            try:
                self._run(["update"], f"index of {mirror}", 100, "%")
            except ToolchainError as error:
                failures.append(error)
            else:
                return mirror
        raise failures[0]

    def resolve(self) -> list[Package]:
        """Return all packages of the recipe with what they depend on.

        Raises:
            ToolchainError: the archive lacks one.
        """
        # apt leaves out what it has already: an empty directory makes it list everything.
        with tempfile.TemporaryDirectory(dir=self._state) as empty:
            Path(empty, "partial").mkdir()
            answer = self._install("--print-uris", "-o", f"Dir::Cache::archives={empty}")
        if answer.returncode:
            raise explain(f"apt-get install ({self._recipe.suite})", answer.stderr, self._state)
        return [Package(m["file"], int(m["size"])) for m in _PRINTED.finditer(answer.stdout)]

    def download(self, packages: Sequence[Package]) -> None:
        """Fetch the packages that are not here yet.

        Raises:
            ToolchainError: saying why not.
        """
        megabytes = sum(package.size for package in packages) / 1e6
        command = ["install", "--download-only", *self._recipe.packages]
        self._run(command, f"downloading {len(packages)} packages:", megabytes, "MB")
        missing = [p.name for p in packages if not (self.packages_directory / p.file).is_file()]
        if missing:
            raise ToolchainError(
                f"apt-get downloaded all but {', '.join(missing)} into {self.packages_directory}; "
                "run the same command again"
            )

    def _configure(self, mirror: str) -> None:
        """Write apt's state anew, but for the packages that it has already."""
        recipe = self._recipe
        shutil.rmtree(self._state / "lists", ignore_errors=True)
        for directory in ("lists/partial", "archives/partial"):
            (self._state / directory).mkdir(parents=True, exist_ok=True)
        keyring = find_keyring(recipe.keyrings)
        options = f"signed-by={keyring} arch={recipe.architecture} target=Packages lang=none"
        (self._state / "sources.list").write_text(
            f"deb [{options}] {mirror} {recipe.suite} main\n", encoding="utf-8"
        )
        (self._state / "status").write_text(
            "".join(
                _STAND_IN.format(name=name, architecture=recipe.architecture)
                for name in recipe.stand_ins
            ),
            encoding="utf-8",
        )
        (self._state / "apt.conf").write_text(
            _CONFIGURATION.format(state=self._state, architecture=recipe.architecture),
            encoding="utf-8",
        )

    def _install(self, *options: str) -> subprocess.CompletedProcess[str]:
        command = [*self._command("install", *options), *self._recipe.packages]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def _command(self, *arguments: str) -> list[str]:
        return [self._apt, "-c", str(self._state / "apt.conf"), "-qq", "--yes", *arguments]

    def _run(self, arguments: Sequence[str], step: str, total: float, unit: str) -> None:
        command = self._command("-o", "APT::Status-Fd=1", *arguments)
        with (
            memory_file() as errors,
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                pass_fds=[self._lock],
            ) as process,
        ):
            self._progress.update(step, 0, total, unit)
            for line in process.stdout or ():
                if match := _STATUS.match(line):
                    done = float(match["percent"]) / 100 * total
                    self._progress.update(step, done, total, unit)
            process.wait()
            self._progress.close()
            if process.returncode:
                errors.seek(0)
                raise explain(f"apt-get {arguments[0]}", errors.read(), self._state)


def find_keyring(keyrings: Sequence[Path]) -> Path:
    """Return the first of the files that exists.

    Raises:
        ToolchainError: none does.
    """
    for keyring in keyrings:
        if keyring.is_file():
            return keyring
    raise ToolchainError(
        f"the keys of Debian's archive are missing ({keyrings[0]}), so no download could be "
        "trusted. As root, run: apt-get install debian-archive-keyring"
    )
