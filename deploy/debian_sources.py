"""Where this system gets Debian packages from, as its own apt reads its own configuration."""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from deploy.errors import ToolchainError

MIRROR_VARIABLE: Final = "SREPOK_DEBIAN_MIRROR"

_INDEX: Final = re.compile(
    r"^'(?P<uri>.+?)/+dists/(?P<suite>[^/]+)/main/binary-[^/]+/Packages(?:\.\w+)?' "
)
_SUITES: Final = re.compile(
    r"(?:bullseye|bookworm|trixie|forky|sid|oldoldstable|oldstable|stable|testing|unstable)"
    r"(?:-updates)?\Z"
)
"""Suites of the main archive: no security suite, and no one else's `bookworm-pgdg`."""


def find_mirrors(
    apt: str, environ: Mapping[str, str] = os.environ, options: Sequence[str] = ()
) -> list[str]:
    """Return the addresses that may serve Debian's main archive, the likeliest first.

    apt itself reads the configuration (`.list` and `.sources`, with all that may stand in them)
    and prints the files that an update would fetch; nothing is fetched here. An address that
    only looks like Debian's is found out by its signature later.

    Args:
        apt: the program apt-get.
        environ: its variable `SREPOK_DEBIAN_MIRROR`, if set, is the only answer.
        options: more options for apt-get.

    Raises:
        ToolchainError: there is no such address.
    """
    if named := environ.get(MIRROR_VARIABLE):
        return [named.rstrip("/")]
    answer = subprocess.run(
        [apt, *options, "--print-uris", "update"], capture_output=True, text=True, check=False
    )
    mirrors = rank_mirrors(answer.stdout)
    if not mirrors:
        raise ToolchainError(
            "apt on this system has no source of Debian's main archive, so there is nowhere to "
            f"get the servers from. Set {MIRROR_VARIABLE} to the address of a Debian mirror (what "
            "stands behind `URIs:` on a Debian system), or install the servers yourself: see "
            "docs/operations/local-stack.md"
        )
    return mirrors


def rank_mirrors(listing: str) -> list[str]:
    """Return the addresses in the answer of `apt-get --print-uris update`, likeliest first.

    Debian's own archive has a suite and its `-updates` under one address, which other
    repositories that are split by Debian's code names have not.
    """
    suites: Counter[str] = Counter()
    for uri, suite in {(match["uri"], match["suite"]) for match in _matches(listing)}:
        if _SUITES.match(suite) and not uri.startswith("cdrom:"):
            suites[uri] += 10 if suite.endswith("-updates") else 1
    # The sort makes the order of equals the same in each run.
    return sorted(suites, key=lambda uri: (-suites[uri], uri))


def _matches(listing: str) -> list[re.Match[str]]:
    return [match for line in listing.splitlines() if (match := _INDEX.match(line))]
