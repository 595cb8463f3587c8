"""Objects: what resources are called, and their types. The objects are data, objects.csv."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

_LABELS: Final = {
    "Integer": ("v",),
    "Unsigned Integer": ("v",),
    "Float": ("v",),
    "Time": ("v",),
    "Boolean": ("vb",),
    "String": ("vs",),
    "Opaque": ("vd",),
    "Objlnk": ("vlo", "vs"),
}
"""In which fields of SenML a value of a type stands."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One readable resource of an object.

    Attributes:
        object_name, name: for people.
        type: as the registry says it.
    """

    object_name: str
    name: str
    type: str

    def holds(self, label: str) -> bool:
        """Whether its value may stand in a field of SenML."""
        return label in _LABELS[self.type]

    def __str__(self) -> str:
        return f"{self.name} of {self.object_name}"


@lru_cache(maxsize=1)
def known_resources() -> Mapping[tuple[int, int], Resource]:
    """Return the readable resources by object and resource number."""
    source = resources.files("gateway.codecs.lwm2m") / "objects.csv"
    lines = source.read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return MappingProxyType(
        {
            (int(row["object"]), int(row["resource"])): Resource(
                row["object_name"], row["resource_name"], row["type"]
            )
            for row in rows
        }
    )
