"""The broker's command-line clients, for a person's PATH where the system lacks them."""

from pathlib import Path
from typing import Final

from deploy.toolchain import Toolchain

_PROGRAMS: Final = ("/usr/bin/mosquitto_pub", "/usr/bin/mosquitto_sub")


def write_clients(toolchain: Toolchain, directory: Path) -> None:
    """Write a script into the directory for each client, which runs the toolchain's own."""
    directory.mkdir(parents=True, exist_ok=True)
    for program in _PROGRAMS:
        command = toolchain.command([program], cwd=toolchain.home)
        words = " ".join(f"'{word}'" for word in command)
        path = directory / Path(program).name
        path.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
        path.chmod(0o755)
