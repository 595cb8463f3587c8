"""The Dockerfile, read as text, and the image's content, tried without an engine."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from deploy.commands import COMMANDS

ROOT: Final = Path(__file__).parents[2]
DOCKERFILE: Final = (ROOT / "Dockerfile").read_text()
INSTRUCTIONS: Final = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", DOCKERFILE)).splitlines()
    if line
]


def values(instruction: str) -> list[str]:
    return [rest for word, rest in INSTRUCTIONS if word == instruction]


def packages() -> list[str]:
    """Return what the image copies from the project, apart from the lock file."""
    sources = [value.split()[0] for value in values("COPY") if not value.startswith("--from")]
    return [source for source in sources if source != "requirements.lock"]


def test_the_base_is_pinned_to_a_patch_release() -> None:
    for base in values("FROM"):
        assert re.match(r"python:3\.\d+\.\d+-slim-\w+( AS \w+)?$", base), base


def test_it_runs_as_nobody_in_particular() -> None:
    assert values("USER") == ["10001:10001"]
    last = [word for word, _ in INSTRUCTIONS]
    assert "RUN" not in last[last.index("USER") :]


def test_every_library_is_checked_by_its_hash() -> None:
    installs = [run for run in values("RUN") if "pip" in run and "install" in run]
    assert len(installs) == 1
    assert "--require-hashes --requirement /tmp/requirements.lock" in installs[0]


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert not values("ADD")
    assert not any(re.search(r"curl|wget|https?:", run) for run in values("RUN"))


def test_no_secret_is_built_in() -> None:
    assert not [
        value
        for value in values("ARG") + values("ENV")
        if re.search("PASSWORD|SECRET|TOKEN", value)
    ]


def test_compose_owns_the_health_checks() -> None:
    assert not values("HEALTHCHECK")


def test_the_builder_is_given_what_the_image_copies_and_nothing_more() -> None:
    ignore = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [rule for rule in ignore if rule and not rule.startswith("#")]
    assert rules[0] == "*"
    allowed = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert allowed == {*packages(), "requirements.lock"}


def test_it_has_every_package_but_the_local_stack() -> None:
    ours = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert set(packages()) == ours - {"deploy"}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image has of ours, in a directory of its own."""
    directory = tmp_path_factory.mktemp("image")
    for package in packages():
        shutil.copytree(
            ROOT / package, directory / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    return directory


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_starts_from_the_content_of_the_image(name: str, content: Path) -> None:
    words = [word for word in COMMANDS[name] if not word.startswith(("{", "--"))]
    subprocess.run([sys.executable, *words, "--help"], cwd=content, check=True, capture_output=True)
