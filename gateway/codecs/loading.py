"""Loading: the codecs as adapters, with the names that come with them and an operator's own."""

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

from gateway.codecs.lwm2m.adapter import LwM2mAdapter
from gateway.codecs.names import NameTable
from gateway.codecs.senml.adapter import SenmlAdapter
from gateway.codecs.sparkplug.adapter import SparkplugAdapter
from gateway.codecs.units import Dialect
from gateway.translation import Adapter


def load_codecs(directories: Iterable[Path] = ()) -> dict[str, Adapter]:
    """Return the codecs by name.

    Args:
        directories: of the operator; a file `senml.csv`, `lwm2m.csv` or `sparkplug.csv` in one has
            lines that come before those of the same table here.

    Raises:
        NameTableError: a file breaks a rule; as `file:line: message`.
        OSError: a file cannot be read.
    """
    places = tuple(directories)
    return {
        "senml": SenmlAdapter(_names("senml", Dialect.SENML, places)),
        "lwm2m": LwM2mAdapter(_names("lwm2m", Dialect.SENML, places)),
        "sparkplug": SparkplugAdapter(_names("sparkplug", Dialect.PLAIN, places)),
    }


def _names(codec: str, dialect: Dialect, directories: Iterable[Path]) -> NameTable:
    table = NameTable(dialect)
    for directory in directories:
        own = directory / f"{codec}.csv"
        if own.exists():
            table.read(own.read_text(encoding="utf-8").splitlines(), str(own))
    shipped = resources.files(f"gateway.codecs.{codec}") / "names.csv"
    return table.read(shipped.read_text(encoding="utf-8").splitlines(), f"{codec}/names.csv")
