"""The private tree, made with the system's apt from a tiny signed archive."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.debian_recipe import Recipe
from deploy.debian_tree import is_complete, make_tree
from deploy.errors import ToolchainError
from deploy.progress import Progress
from tests.deploy.mirror import KEYRING, Mirror, serving
from tests.deploy.tree_maker import make_recipe
from tests.waiting import DEADLINE


@pytest.fixture(autouse=True)
def _without_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with serving() as mirror:
        yield mirror


@pytest.fixture
def recipe() -> Recipe:
    return make_recipe(KEYRING)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return tmp_path / "home" / "debian13"


def make(tree: Path, recipe: Recipe, *mirrors: str) -> str:
    """Make the tree; return what was said meanwhile."""
    said = io.StringIO()
    make_tree(tree, recipe, lambda _: mirrors, Progress(said))
    return said.getvalue()


def start_making(tree: Path, mirror: Mirror, **environ: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.deploy.tree_maker", str(tree), mirror.url, str(KEYRING)],
        env={**os.environ, **environ},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def leave_only(directory: Path, programs: Sequence[str]) -> str:
    """Return a PATH that has these programs of the system and no others."""
    for name in programs:
        for place in ("/usr/bin", "/bin", "/usr/sbin"):
            if Path(place, name).exists():
                (directory / name).symlink_to(Path(place, name))
                break
    return str(directory)


def test_a_tree_has_what_the_packages_have(tree: Path, recipe: Recipe, mirror: Mirror) -> None:
    said = make(tree, recipe, mirror.url)
    for name in ("first", "second"):
        assert (tree / "usr/share/srepok-test" / name).read_text() == f"{name}\n"
    assert "srepok:x:1000" in (tree / "etc/passwd").read_text()
    assert is_complete(tree, recipe)
    assert "downloading 2 packages" in said
    assert "unpacking 2/2 packages" in said


def test_a_tree_has_no_documentation_and_no_set_user_id_programs(
    tree: Path, recipe: Recipe, mirror: Mirror
) -> None:
    make(tree, recipe, mirror.url)
    assert not (tree / "usr/share/doc/srepok-test-first").exists()
    program = tree / "usr/bin/srepok-test-first"
    assert program.stat().st_mode & 0o7777 == 0o755
    assert program.stat().st_uid == os.geteuid()


def test_a_finished_tree_needs_no_mirror_and_leaves_no_downloads(
    tree: Path, recipe: Recipe, mirror: Mirror
) -> None:
    make(tree, recipe, mirror.url)
    assert [path.name for path in tree.parent.iterdir()] == [tree.name]
    assert make(tree, recipe) == ""


def test_another_recipe_makes_another_tree(tree: Path, recipe: Recipe, mirror: Mirror) -> None:
    make(tree, recipe, mirror.url)
    other = replace(recipe, packages=("srepok-test-second",))
    assert not is_complete(tree, other)
    make(tree, other, mirror.url)
    assert not (tree / "usr/share/srepok-test/first").exists()


def test_a_run_killed_while_it_downloads_is_finished_by_the_next(
    tree: Path, recipe: Recipe, mirror: Mirror
) -> None:
    mirror.hold("srepok-test-second")
    with start_making(tree, mirror) as first:
        assert mirror.asked.wait(DEADLINE)
        first.send_signal(signal.SIGKILL)
    said = _WaitingProgress()
    second = threading.Thread(
        target=make_tree, args=(tree, recipe, lambda _: [mirror.url], Progress(said))
    )
    second.start()
    # The killed run's apt still waits for the mirror: nobody else may use its directory yet.
    assert said.waiting.wait(DEADLINE)
    assert not tree.exists()
    mirror.release.set()
    second.join(DEADLINE)
    assert is_complete(tree, recipe)
    assert (tree / "usr/share/srepok-test/second").exists()
    assert mirror.packages().count("srepok-test-first") == 1


class _WaitingProgress(io.StringIO):
    """Tells when a process says that it waits for another."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting = threading.Event()

    def write(self, text: str) -> int:
        if text.startswith("waiting for another process"):
            self.waiting.set()
        return super().write(text)


def test_a_run_killed_while_it_unpacks_is_finished_by_the_next(
    tree: Path, recipe: Recipe, mirror: Mirror, tmp_path: Path
) -> None:
    reached = tmp_path / "reached"
    os.mkfifo(reached)
    programs = tmp_path / "bin"
    programs.mkdir()
    stuck = programs / "tar"
    stuck.write_text(
        f"#!/bin/sh\nmkdir -p usr/share/srepok-test/half\necho here >{reached}\nexec sleep 600\n"
    )
    stuck.chmod(0o755)
    with start_making(tree, mirror, PATH=f"{programs}:{os.environ['PATH']}") as first:
        assert reached.read_text() == "here\n"
        os.killpg(first.pid, signal.SIGKILL)
    assert not tree.exists()
    before = len(mirror.packages())
    make(tree, recipe, mirror.url)
    assert is_complete(tree, recipe)
    assert not (tree / "usr/share/srepok-test/half").exists()
    assert len(mirror.packages()) == before


def test_two_processes_at_once_make_one_tree(tree: Path, recipe: Recipe, mirror: Mirror) -> None:
    runs = [start_making(tree, mirror) for _ in range(2)]
    said = [run.communicate(timeout=DEADLINE)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert is_complete(tree, recipe)
    assert sorted(mirror.packages()) == ["srepok-test-first", "srepok-test-second"]


def test_the_next_mirror_is_used_when_one_has_not_got_it(
    tree: Path, recipe: Recipe, mirror: Mirror
) -> None:
    make(tree, recipe, f"{mirror.url}/nothing-here", mirror.url)
    assert is_complete(tree, recipe)


def test_an_unreachable_mirror_is_named_with_the_remedy(tree: Path, recipe: Recipe) -> None:
    with pytest.raises(ToolchainError, match=r"(?s)mirror cannot be reached.*127\.0\.0\.1:9"):
        make(tree, recipe, "http://127.0.0.1:9/debian")
    assert not tree.exists()


def test_a_mirror_without_the_suite_is_told_from_an_unreachable_one(
    tree: Path, recipe: Recipe, mirror: Mirror
) -> None:
    with pytest.raises(ToolchainError, match="does not have Debian 13"):
        make(tree, recipe, f"{mirror.url}/nothing-here")


def test_an_archive_signed_by_somebody_else_is_refused(
    tree: Path, recipe: Recipe, mirror: Mirror
) -> None:
    debian = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
    with pytest.raises(ToolchainError, match="not signed with the keys of Debian's archive"):
        make(tree, replace(recipe, keyrings=(debian,)), mirror.url)
    assert mirror.packages() == []


def test_missing_keys_are_named_with_the_package_that_has_them(
    tree: Path, recipe: Recipe, tmp_path: Path
) -> None:
    lacking = replace(recipe, keyrings=(tmp_path / "none.gpg",))
    with pytest.raises(ToolchainError, match="apt-get install debian-archive-keyring"):
        make(tree, lacking)


def test_a_package_that_no_archive_has_is_named(tree: Path, recipe: Recipe, mirror: Mirror) -> None:
    with pytest.raises(ToolchainError, match="Unable to locate package srepok-test-none"):
        make(tree, replace(recipe, packages=("srepok-test-none",)), mirror.url)


def test_too_little_space_is_found_before_anything_is_fetched(
    tree: Path, recipe: Recipe, mirror: Mirror
) -> None:
    with pytest.raises(ToolchainError, match=r"MB of free space; the servers need 1000000000 MB"):
        make(tree, replace(recipe, space_bytes=10**15), mirror.url)
    assert mirror.requests == []


def test_a_disk_that_fills_up_meanwhile_is_said_and_remedied(
    tree: Path, recipe: Recipe, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    full = programs / "tar"
    # /dev/full fails as a full disk does.
    full.write_text("#!/bin/sh\nexec head -c 100000 /dev/zero >/dev/full\n")
    full.chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        with pytest.raises(ToolchainError, match=r"the disk is full at .*SREPOK_HOME"):
            make(tree, recipe, mirror.url)
    make(tree, recipe, mirror.url)
    assert is_complete(tree, recipe)


@pytest.mark.parametrize("absent", ["apt-get", "dpkg-deb"])
def test_a_system_without_debians_tools_is_told_so(
    absent: str, tree: Path, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = {"apt-get", "dpkg-deb"} - {absent}
    monkeypatch.setenv("PATH", leave_only(tmp_path, sorted(present)))
    with pytest.raises(ToolchainError, match=f"no {absent}.*Use Debian 12 or newer"):
        make(tree, recipe)


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path, recipe: Recipe) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ToolchainError, match=r"cannot make .*file/debian13"):
        make(tmp_path / "file" / "debian13", recipe)
