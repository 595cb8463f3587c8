"""The commands of our services, once: the local stack runs them and the compose file names them.

Each command is what follows the Python interpreter. A word such as `{path}` stands for one
argument that the place decides. A test holds docker-compose.yml to this list, so what was
tried on a laptop is what runs in a container.
"""

import re
from collections.abc import Sequence
from types import MappingProxyType
from typing import Final

MIGRATE: Final = ("-m", "runtime.database", "migrate")
"""Brings the schema up to date; ends."""

LOGIN: Final = (
    *("-m", "runtime.database", "login", "{name}"),
    *("--role", "{role}", "--password-file", "{path}"),
)
"""Makes one database login, or gives it its present password; ends."""

PAGES: Final = (
    *("-m", "dashboards", "preview", "all", "--database", "{database}"),
    *("--password-file", "{path}", "--out", "{out}", "--reload", "{reload}"),
)
"""Draws the boards as pages, with what a database has at this moment; ends."""

GENERATE: Final = (
    *("-m", "simulators", "province"),
    *("--seed", "{seed}", "--scale", "{scale}", "--out", "{path}"),
)
"""Writes an inventory of real communes and invented villages to try things with; ends."""

INVENTORY: Final = ("-m", "runtime.database", "inventory", "{path}")
"""Makes the database's inventory that of a file; ends."""

SCENARIO: Final = ("-m", "simulators", "list", "{scenario}")
"""Says what a scenario is, or that there is none of that name; ends."""

INGEST: Final = ("-m", "ingest", "run")
"""Writes what devices publish to the database, until it is told to stop."""

RULES: Final = ("-m", "rules", "run")
"""Decides which villages are without broadband, and tells people, until it is told to stop."""

GATEWAY: Final = ("-m", "gateway", "run")
"""Takes uploads and foreign messages, and serves people and programs, until it is told to stop."""

FLEET: Final = (
    *("-m", "simulators", "run", "{scenario}", "--live", "--speed", "{speed}"),
    *("--inventory", "{path}", "--devices", "{devices}", "--interval", "{interval}"),
)
"""Publishes as a province of simulated devices in which a scenario is played, until it is told to
stop; scenario `calm` is a day like any other."""

BOARDS: Final = (
    *("-m", "dashboards", "push"),
    *("--database", "{database}", "--password-file", "{path}"),
)
"""Writes the boards to a Grafana, and the data source where there is none; ends."""

BOARD_FILES: Final = ("-m", "dashboards", "build", "--out", "{path}")
"""Writes the boards as files into a directory; ends."""

COMMANDS: Final = MappingProxyType(
    {
        "migrate": MIGRATE,
        "login": LOGIN,
        "pages": PAGES,
        "generate": GENERATE,
        "inventory": INVENTORY,
        "scenario": SCENARIO,
        "ingest": INGEST,
        "rules": RULES,
        "gateway": GATEWAY,
        "fleet": FLEET,
        "boards": BOARDS,
        "board_files": BOARD_FILES,
    }
)
"""Every command by name."""

STOP_SECONDS: Final = 60
"""How long ingest, rules or the gateway is given to drain and leave before it is killed; a test
holds this to their own bounds, and docker-compose.yml to this. What is cut off all the same was
not acknowledged, and the broker sends it again."""

_PLACE: Final = re.compile(r"\{(\w+)\}\Z")


def fill(command: Sequence[str], **words: str) -> list[str]:
    """Return the arguments with each `{name}` replaced by the word of that name.

    Raises:
        KeyError: a place has no word; the message names it.
    """
    return [words[place[1]] if (place := _PLACE.match(word)) else word for word in command]


def name_of(arguments: Sequence[str]) -> str | None:
    """Return the name of the command that the arguments fill, or None if there is none."""
    for name, command in COMMANDS.items():
        if len(command) == len(arguments) and all(
            _PLACE.match(word) or word == argument
            for word, argument in zip(command, arguments, strict=True)
        ):
            return name
    return None
