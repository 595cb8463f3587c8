"""Where packages come from, read by apt itself from configuration of either form."""

import shutil
from pathlib import Path

import pytest

from deploy.debian_sources import find_mirrors, rank_mirrors
from deploy.errors import ToolchainError

DEB822 = """\
# Debian as its installer writes it
Types: deb deb-src
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
"""

ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg] https://mirror.example/debian trixie main
deb http://mirror.example/debian-security trixie-security main
deb cdrom:[Debian GNU/Linux 13]/ trixie main
"""

KEY_INSIDE = """\
Types: deb
URIs: http://mirror.example/debian
Suites: sid
Components: contrib main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEZ
 -----END PGP PUBLIC KEY BLOCK-----
"""

MIRROR_LIST = """\
Types: deb
URIs: mirror+file:///etc/apt/mirrors/debian.list
Suites: trixie trixie-updates trixie-backports
Components: main
"""

SWITCHED_OFF = """\
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
Enabled: no
"""

OTHERS = """\
deb https://postgresql.example/pub/repos/apt bookworm-pgdg main
deb https://containers.example/linux/debian bookworm stable
deb http://ubuntu.example/ubuntu noble main
deb http://flat.example/debian ./
"""

LOOKALIKE = """\
deb https://boards.example/ stable main
deb https://a.example/debian trixie main
deb http://mirror.example/debian trixie main
deb http://mirror.example/debian trixie-updates main
"""


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """Options that make apt read the sources in `tmp_path` and no others."""
    places = {"sourcelist": "/dev/null", "sourceparts": str(tmp_path)}
    return [word for key, value in places.items() for word in ("-o", f"Dir::Etc::{key}={value}")]


def apt() -> str:
    found = shutil.which("apt-get")
    assert found is not None, "these tests ask the system's apt-get, and there is none"
    return found


@pytest.mark.parametrize(
    ("name", "text", "mirror"),
    [
        ("debian.sources", DEB822, "http://mirror.example/debian"),
        ("debian.list", ONE_LINE, "https://mirror.example/debian"),
        ("debian.sources", KEY_INSIDE, "http://mirror.example/debian"),
        ("debian.sources", MIRROR_LIST, "mirror+file:/etc/apt/mirrors/debian.list"),
    ],
)
def test_the_mirror_is_the_systems_own(
    name: str, text: str, mirror: str, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / name).write_text(text)
    assert find_mirrors(apt(), {}, options) == [mirror]


def test_an_archive_with_updates_comes_before_lookalikes(
    tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "debian.list").write_text(LOOKALIKE)
    found = find_mirrors(apt(), {}, options)
    assert found[0] == "http://mirror.example/debian"
    assert set(found[1:]) == {"https://a.example/debian", "https://boards.example"}


@pytest.mark.parametrize("text", ["", OTHERS])
def test_without_a_source_of_debian_the_setting_is_named(
    text: str, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "others.list").write_text(text)
    with pytest.raises(ToolchainError, match="Set SREPOK_DEBIAN_MIRROR to the address"):
        find_mirrors(apt(), {}, options)


def test_a_source_that_is_switched_off_is_none(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "debian.sources").write_text(SWITCHED_OFF)
    with pytest.raises(ToolchainError, match="no source of Debian's main archive"):
        find_mirrors(apt(), {}, options)


def test_the_setting_wins_over_the_system(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "debian.sources").write_text(DEB822)
    environ = {"SREPOK_DEBIAN_MIRROR": "http://near.example/debian/"}
    assert find_mirrors(apt(), environ, options) == ["http://near.example/debian"]


def test_a_listing_that_is_no_listing_gives_no_mirror() -> None:
    assert rank_mirrors("E: something else\n'http://a/dists/trixie/InRelease' x 0 \n") == []
