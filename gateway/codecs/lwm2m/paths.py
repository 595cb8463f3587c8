"""Paths: object, instance, resource and resource instance in a record's name."""

from dataclasses import dataclass
from typing import Final

_LARGEST: Final = 65_535
_SHORTEST: Final = 3
_LONGEST: Final = 4


class PathError(ValueError):
    """A name is no path to a resource."""


@dataclass(frozen=True, slots=True)
class Path:
    """Where a value stands.

    Attributes:
        device: what stands before the path; often nothing.
        object, instance, resource: as in `/3303/0/5700`.
        item: the resource instance, of a resource that has several.
    """

    device: str
    object: int
    instance: int
    resource: int
    item: int | None

    @property
    def resource_name(self) -> str:
        """The name in the table: object and resource."""
        return f"{self.object}/{self.resource}"

    def beside(self, resource: int, item: int | None = None) -> "Path":
        """Return the path of another resource of the same instance."""
        return Path(self.device, self.object, self.instance, resource, item)


def parse_path(name: str) -> Path:
    """Parse a resolved name, such as `/3/0/9`, `3303/0/5700` or `urn:dev:os:1-2/3/0/7/1`.

    Raises:
        PathError: naming it.
    """
    levels = name.strip("/").split("/")
    numbers: list[int] = []
    while levels and levels[-1].isascii() and levels[-1].isdecimal() and len(numbers) < _LONGEST:
        numbers.insert(0, int(levels.pop()[:6]))
    if not _SHORTEST <= len(numbers) <= _LONGEST or max(numbers) > _LARGEST:
        raise PathError(f"{name!r:.80} is no path of object, instance and resource")
    item = numbers[3] if len(numbers) == _LONGEST else None
    return Path("/".join(levels).rstrip(":"), numbers[0], numbers[1], numbers[2], item)
