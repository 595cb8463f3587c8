"""Inventory rows: an inventory as the rows of its tables, and what differs from those there."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from province.inventory import Inventory
from province.metrics import Metric

Values = tuple[Any, ...]
Rows = Mapping[str | int, Values]
"""Rows of one table by key, without the key."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the inventory whose rows have a key of one column.

    Attributes:
        name: of the relation.
        key: its column that rows are known by, from file to file.
        columns: the others that a file decides.
        retires: whether rows that a file no longer names are marked as retired; else they stay.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    retires: bool = True


@dataclass(frozen=True, slots=True)
class Pairs:
    """A table of two columns; its rows come and go with the file.

    Attributes:
        name: of the relation.
        columns: both of them; together they are what a row is known by.
    """

    name: str
    columns: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import changes in one table, by key.

    Attributes:
        table: the table.
        added: new rows.
        changed: rows with other values; one that was retired and is back is among them.
        retired: rows that are no longer named.
    """

    table: Table
    added: Rows
    changed: Rows
    retired: tuple[str | int, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not (self.added or self.changed or self.retired)


SPECIFICATIONS: Final[tuple[tuple[str, Table, tuple[str, ...]], ...]] = (
    ("provinces", Table("provinces", "province_code", ("name",)), ("name",)),
    ("operators", Table("operators", "operator_code", ("name",)), ("name",)),
    (
        "communes",
        Table(
            "communes",
            "commune_code",
            ("province_code", "name", "name_ascii", "kind", "lat", "lon", "population", "area_km2"),
        ),
        ("province", "name", "name_ascii", "kind", "lat", "lon", "population", "area_km2"),
    ),
    (
        "villages",
        Table(
            "villages",
            "village_code",
            ("commune_code", "name", "households", "lat", "lon", "synthetic"),
        ),
        ("commune", "name", "households", "lat", "lon", "synthetic"),
    ),
    (
        "nodes",
        Table(
            "nodes",
            "node_code",
            ("kind", "name", "operator_code", "commune_code", "power_node_code", "lat", "lon"),
        ),
        ("kind", "name", "operator", "commune", "power_node", "lat", "lon"),
    ),
    (
        "links",
        Table(
            "links",
            "link_code",
            ("village_code", "operator_code", "technology", "node_code", "households"),
        ),
        ("village", "operator", "technology", "node", "households"),
    ),
    (
        "devices",
        Table(
            "devices",
            "device_code",
            (
                *("kind", "name", "commune_code", "village_code", "link_code", "node_code"),
                *("power_node_code", "ups", "interval_seconds", "lat", "lon"),
            ),
        ),
        (
            *("kind", "name", "commune", "village", "link", "node"),
            *("power_node", "ups", "interval_seconds", "lat", "lon"),
        ),
    ),
)
"""Records of an inventory, their table, and the attributes that its columns come from."""

PARENTS: Final = Pairs("node_parents", ("node_code", "parent_code"))
ALIASES: Final = Pairs("device_aliases", ("alias", "device_code"))

METRICS: Final = Table(
    "metrics", "metric_id", ("metric", "unit", "minimum", "maximum", "description"), retires=False
)

TABLES: Final = (METRICS, *(table for _, table, _ in SPECIFICATIONS))
"""The tables, each after those that it refers to."""


def wanted_rows(inventory: Inventory, catalogue: Iterable[Metric]) -> Mapping[str, Rows]:
    """Return the rows of each table, by the table's name."""
    metrics: Rows = {
        metric.metric_id: (
            *(metric.code, metric.unit),
            *(metric.minimum, metric.maximum, metric.description),
        )
        for metric in catalogue
    }
    rows = {METRICS.name: metrics}
    for records, table, attributes in SPECIFICATIONS:
        value_of = _values(attributes)
        rows[table.name] = {record.code: value_of(record) for record in getattr(inventory, records)}
    return rows


def wanted_parents(inventory: Inventory) -> frozenset[tuple[str, str]]:
    """Return the rows of `node_parents`: (node, parent)."""
    return frozenset((node.code, parent) for node in inventory.nodes for parent in node.parents)


def wanted_aliases(inventory: Inventory) -> frozenset[tuple[str, str]]:
    """Return the rows of `device_aliases`: (alias, device)."""
    return frozenset(
        (alias, device.code) for device in inventory.devices for alias in device.aliases
    )


def difference(
    table: Table, wanted: Rows, present: Rows, retired: frozenset[str | int]
) -> Difference:
    """Return what makes the present rows the wanted ones.

    Args:
        table: theirs.
        wanted: what the file says.
        present: all rows there are, the retired ones too.
        retired: keys of those.
    """
    return Difference(
        table,
        added={key: row for key, row in wanted.items() if key not in present},
        changed={
            key: row
            for key, row in wanted.items()
            if key in present and (present[key] != row or key in retired)
        },
        retired=tuple(key for key in present if key not in wanted and key not in retired)
        if table.retires
        else (),
    )


def checksum(rows: Mapping[str, Rows], *pairs: Iterable[tuple[str, str]]) -> str:
    """Return the SHA-256 of everything imported, whatever the order of the file was."""
    tables = {
        name: sorted([[key, *values] for key, values in table.items()])
        for name, table in rows.items()
    }
    content = json.dumps([tables, *map(sorted, pairs)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def _values(attributes: tuple[str, ...]) -> Callable[[object], Values]:
    def values(record: object) -> Values:
        # Kinds are StrEnum members; psycopg and json are given plain text.
        found = (getattr(record, attribute) for attribute in attributes)
        return tuple(str(value) if isinstance(value, str) else value for value in found)

    return values
