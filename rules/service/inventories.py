"""The inventories that were decided by, kept so that the service starts without a database."""

from pathlib import Path
from typing import Final

from province.inventory import Inventory, InventoryError, parse_inventory
from runtime.logs import get_logger

log = get_logger(__name__)

_KEPT: Final = 3
_SUFFIX: Final = ".jsonl"


class Inventories:
    """Keeps the newest few of one directory, which exists, by their revision."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def keep(self, revision: int, content: bytes) -> None:
        """Keep an inventory; whole or not at all.

        Raises:
            OSError: it cannot be written.
        """
        path = self._path(revision)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(content)
        fresh.replace(path)
        for old in self.revisions()[:-_KEPT]:
            self._path(old).unlink()

    def read(self, revision: int) -> Inventory | None:
        """Return the inventory of a revision; None if there is none that can be used."""
        try:
            return parse_inventory(self._path(revision).read_bytes(), str(self._path(revision)))
        except FileNotFoundError:
            return None
        except (OSError, InventoryError) as error:
            log.warning("a kept inventory cannot be used", reason=str(error).splitlines()[0])
            return None

    def revisions(self) -> list[int]:
        """Return the revisions there are, ascending."""
        stems = (path.stem for path in self._directory.glob(f"*{_SUFFIX}"))
        return sorted(int(stem) for stem in stems if stem.isdecimal())

    def _path(self, revision: int) -> Path:
        return self._directory / f"{revision:010}{_SUFFIX}"
