"""Finding the programs, on the system or in the tree."""

import os
from pathlib import Path

import pytest

from deploy.debian_recipe import Recipe
from deploy.errors import ServerError, ToolchainError
from deploy.programs import missing_programs
from deploy.toolchain import Toolchain, find_architecture, find_home

PROGRAMS = (
    "usr/lib/postgresql/17/bin/postgres",
    "usr/lib/postgresql/17/bin/initdb",
    "usr/lib/postgresql/17/bin/psql",
    "usr/lib/postgresql/17/lib/timescaledb.so",
    "usr/bin/mosquitto_pub",
    "usr/bin/mosquitto_sub",
)


def make_system(top: Path, mosquitto: str) -> Path:
    """Make a system that has the programs, with a mosquitto of this version."""
    for name in PROGRAMS:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).touch()
    make_program(top / "usr/sbin/mosquitto", f"echo 'mosquitto version {mosquitto}'\nexit 3")
    return top


def make_program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_system_that_has_everything_lacks_nothing(tmp_path: Path) -> None:
    assert missing_programs(make_system(tmp_path, "2.0.21")) == []


@pytest.mark.parametrize("absent", [*PROGRAMS, "usr/sbin/mosquitto"])
def test_what_a_system_lacks_is_named(absent: str, tmp_path: Path) -> None:
    (make_system(tmp_path, "2.1.2") / absent).unlink()
    assert missing_programs(tmp_path) == [f"/{absent}"]


def test_a_mosquitto_that_is_too_old_is_named_with_its_version(tmp_path: Path) -> None:
    assert missing_programs(make_system(tmp_path, "2.0.11")) == ["mosquitto 2.0.21 (it has 2.0.11)"]


def test_the_systems_own_programs_are_used_when_it_has_them(tmp_path: Path) -> None:
    system = make_system(tmp_path / "system", "2.0.21")
    toolchain = Toolchain(tmp_path / "home", system=system)
    assert toolchain.ready
    command = toolchain.command(["/usr/bin/true"], cwd=tmp_path)
    assert command[-4:] == ["env", "-C", str(tmp_path), "/usr/bin/true"]
    assert (command[0] == "unshare") == (os.geteuid() == 0)


def test_a_machine_of_another_kind_is_told_what_there_is(tmp_path: Path) -> None:
    make_program(tmp_path / "dpkg", "echo riscv64")
    with pytest.raises(
        ToolchainError, match="is riscv64; servers can be fetched for amd64 and arm64"
    ):
        find_architecture(lambda name: str(tmp_path / name))


def test_a_system_without_dpkg_is_told_so() -> None:
    with pytest.raises(ToolchainError, match=r"has no dpkg.*Use Debian 12 or newer"):
        find_architecture(lambda _: None)


def test_the_stamp_tells_recipes_apart() -> None:
    assert Recipe("amd64").stamp == Recipe("amd64").stamp
    others = [Recipe("arm64"), Recipe("amd64", suite="forky"), Recipe("amd64", layout=0)]
    assert len({recipe.stamp for recipe in [Recipe("amd64"), *others]}) == 4


def test_the_home_is_in_the_checkout_unless_it_is_named(tmp_path: Path) -> None:
    assert find_home({}) == Path(__file__).parents[2] / ".srepok"
    assert find_home({"SREPOK_HOME": str(tmp_path)}) == tmp_path


@pytest.mark.servers
def test_a_program_that_fails_says_why(toolchain: Toolchain, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=rf"sh in {tmp_path} failed: out of luck"):
        toolchain.run(["/bin/sh", "-c", "echo out of luck >&2; exit 1"], cwd=tmp_path)


@pytest.mark.servers
def test_servers_are_new_enough(toolchain: Toolchain) -> None:
    versions = toolchain.versions()
    assert versions["PostgreSQL"].startswith("17.")
    assert versions["TimescaleDB"].startswith("2.")
    assert tuple(map(int, versions["Mosquitto"].split("."))) >= (2, 0, 21)
