"""Commands in the system and in a tree."""

import subprocess
import sys
from pathlib import Path

import pytest

from deploy.errors import ToolchainError
from deploy.roots import LOADERS, SystemRoot, TreeRoot, explain_namespaces, in_container, probe
from deploy.toolchain import Toolchain


def test_an_ordinary_user_runs_the_systems_programs_as_they_are(tmp_path: Path) -> None:
    command = SystemRoot(user_id=1001).command(["/bin/pwd"], writable=[], cwd=tmp_path)
    assert command == ["env", "-C", str(tmp_path), "/bin/pwd"]


def test_root_becomes_another_user_in_its_own_eyes(tmp_path: Path) -> None:
    script = "import os; print(os.getuid(), os.getcwd()); open('made', 'w').close()"
    command = SystemRoot(user_id=0).command(
        [sys.executable, "-c", script], writable=[], cwd=tmp_path
    )
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said == f"1000 {tmp_path}\n"
    assert (tmp_path / "made").stat().st_uid == tmp_path.stat().st_uid


@pytest.mark.servers
def test_a_tree_shows_its_own_programs_and_the_given_directories_only(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    if isinstance(toolchain.root, SystemRoot):
        pytest.skip("this system has the servers itself, so nothing runs in a tree")
    given, other = tmp_path / "given dir", tmp_path / "other"
    given.mkdir()
    other.mkdir()
    script = f"id -u; pwd; touch made; cat /etc/passwd; test -e '{other}' || echo hidden"
    said = toolchain.run(["/bin/sh", "-c", script], cwd=given)
    assert said.startswith(f"1000\n{given}\nroot:x:0")
    assert said.endswith("hidden\n")
    assert (given / "made").stat().st_uid == given.stat().st_uid


@pytest.mark.servers
def test_a_tree_cannot_be_written(toolchain: Toolchain, tmp_path: Path) -> None:
    if isinstance(toolchain.root, SystemRoot):
        pytest.skip("this system has the servers itself, so nothing runs in a tree")
    script = "touch /usr/bin/made 2>/dev/null || echo refused"
    assert toolchain.run(["/bin/sh", "-c", script], cwd=tmp_path) == "refused\n"


@pytest.mark.parametrize("place", ["/usr/src/srepok", "/etc/srepok"])
def test_a_home_where_the_tree_has_its_own_files_is_refused(place: str) -> None:
    root = TreeRoot(Path("/home/x/.srepok/debian13"), "amd64")
    with pytest.raises(ToolchainError, match=f"{place} cannot be used.*SREPOK_HOME"):
        root.command(["/bin/true"], writable=[Path(place)], cwd=Path(place))


@pytest.mark.parametrize("architecture", LOADERS)
def test_a_tree_runs_through_its_own_loader(architecture: str, tmp_path: Path) -> None:
    library, loader = LOADERS[architecture]
    command = TreeRoot(tmp_path, architecture).command(["/bin/true"], writable=[], cwd=Path("/"))
    assert command[0] == f"{tmp_path}/usr/lib/{library}/{loader}"
    assert command[3] == f"{tmp_path}/usr/bin/bwrap"


def test_a_root_where_nothing_runs_is_reported(tmp_path: Path) -> None:
    class Broken(SystemRoot):
        def command(self, *_arguments: object, **_options: object) -> list[str]:
            return ["sh", "-c", "echo unshare failed: Operation not permitted >&2; exit 1"]

    with pytest.raises(ToolchainError, match="Operation not permitted"):
        probe(Broken(user_id=0), tmp_path)


def test_forbidden_namespaces_name_the_settings_that_allow_them() -> None:
    message = explain_namespaces("unshare failed: Operation not permitted", container=False)
    for setting in (
        "kernel.apparmor_restrict_unprivileged_userns=0",
        "kernel.unprivileged_userns_clone=1",
        "user.max_user_namespaces",
        "unshare failed: Operation not permitted",
    ):
        assert setting in message


def test_forbidden_namespaces_in_a_container_name_its_options() -> None:
    message = explain_namespaces("setting up uid map: Permission denied", container=True)
    assert "--security-opt seccomp=unconfined" in message
    assert "sysctl" not in message


def test_a_container_is_known_by_its_marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("container", raising=False)
    assert not in_container(tmp_path)
    (tmp_path / ".dockerenv").touch()
    assert in_container(tmp_path)
