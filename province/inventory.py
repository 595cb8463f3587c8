"""The inventory: which places, networks and devices there are. Its file is JSON Lines.

docs/topics/inventory.md describes the file. It is read whole or not at all, and every
problem in it is reported at once: fifteen thousand lines are not mended one run at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from province.devices import Device
from province.inventory_checks import Entry, Problem, check
from province.inventory_problems import explain
from province.operators import Operator
from province.places import Commune, Province, Village
from province.records import Record
from province.topics import Channel, Topic
from province.topology import Link, Node

AnyRecord = Province | Operator | Commune | Village | Node | Link | Device
"""What one line of an inventory can be."""

_ADAPTER: Final[TypeAdapter[AnyRecord]] = TypeAdapter(
    Annotated[AnyRecord, Field(discriminator="type")]
)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class InventoryError(ValueError):
    """An inventory cannot be used; the message has a line for each problem.

    Attributes:
        problems: each as `file:line: object: message`, in the order of the file.
    """

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Inventory:
    """An inventory: what `read_inventory` gives holds every rule of the format."""

    provinces: tuple[Province, ...] = ()
    operators: tuple[Operator, ...] = ()
    communes: tuple[Commune, ...] = ()
    villages: tuple[Village, ...] = ()
    nodes: tuple[Node, ...] = ()
    links: tuple[Link, ...] = ()
    devices: tuple[Device, ...] = ()

    def records(self) -> Iterator[AnyRecord]:
        """Yield every object, each after the types it may refer to."""
        for field in fields(self):
            yield from getattr(self, field.name)

    def topic(self, device: Device, channel: Channel) -> Topic:
        """Return the topic on which a device of this inventory publishes.

        Raises:
            KeyError: its commune is not of this inventory.
        """
        return Topic(self._province_codes[device.commune], device.commune, device.code, channel)

    @cached_property
    def _province_codes(self) -> dict[str, str]:
        return {commune.code: commune.province for commune in self.communes}


def read_inventory(path: Path) -> Inventory:
    """Read an inventory file.

    Raises:
        InventoryError: with every problem in it.
        OSError: the file cannot be read.
    """
    return parse_inventory(path.read_bytes(), str(path))


def parse_inventory(content: bytes, source: str) -> Inventory:
    """Read an inventory from the content of its file.

    Args:
        content: UTF-8, one JSON object a line; blank lines are skipped.
        source: the file's name, for messages.

    Raises:
        InventoryError: with every problem in it.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    broken: set[tuple[str, str]] = set()
    for number, line in enumerate(content.removeprefix(_BYTE_ORDER_MARK).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            entries.append((number, _ADAPTER.validate_json(line)))
        except ValidationError as error:
            explanation = explain(number, line, error)
            problems += explanation.problems
            if explanation.names:
                broken.add(explanation.names)
    problems += check(entries, broken)
    if problems:
        raise InventoryError(
            tuple(
                f"{source}:{problem.line}: {problem.subject}: {problem.message}"
                for problem in sorted(problems)
            )
        )
    return _assemble(entries)


def write_inventory(path: Path, inventory: Inventory) -> None:
    """Write an inventory file: fields that have their default value are left out.

    Raises:
        OSError: the file cannot be written.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(format_record(record) + "\n" for record in inventory.records())


def format_record(record: Record) -> str:
    """Return the line of an object, without its line end."""
    # `type` is the default of its own field, and must not be left out with the others.
    rest = record.model_dump_json(exclude_defaults=True)
    return f'{{"type":"{type(record).model_fields["type"].default}",{rest[1:]}'


def _assemble(entries: list[Entry]) -> Inventory:
    by_type: dict[str, list[Any]] = {field.name: [] for field in fields(Inventory)}
    for _, record in entries:
        by_type[f"{record.type}s"].append(record)
    return Inventory(**{name: tuple(records) for name, records in by_type.items()})
