"""Finding Chromium, on the system or in the tree."""

from pathlib import Path

import pytest

from deploy.chromium import find_chromium
from deploy.errors import ToolchainError


def test_the_one_that_is_named_is_used_before_the_systems_own(tmp_path: Path) -> None:
    found = find_chromium(tmp_path, {"SREPOK_CHROMIUM": "/opt/mine"}, which=lambda _: "/bin/theirs")
    assert found == Path("/opt/mine")


def test_the_systems_own_is_used_before_one_is_fetched(tmp_path: Path) -> None:
    has = {"chromium": "/usr/bin/chromium"}
    assert find_chromium(tmp_path, {}, which=has.get) == Path("/usr/bin/chromium")
    assert not list(tmp_path.iterdir())


def test_where_none_can_be_had_it_is_said_what_to_do(tmp_path: Path) -> None:
    nowhere = {"SREPOK_DEBIAN_MIRROR": "file:///no/such/mirror"}
    with pytest.raises(ToolchainError, match="apt-get install chromium-headless-shell; or name"):
        find_chromium(tmp_path, nowhere, which=lambda _: None)
