"""Lines: JSON Lines files with several kinds of objects, read with the place of every error."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator, TypeAdapter, ValidationError

from province.instants import parse_instant
from simulators.milliseconds import milliseconds
from simulators.score.errors import LogError

T = TypeVar("T")

_UNKNOWN_KIND: Final = "union_tag_invalid"


def _moment(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a time such as 2026-03-02T01:00:00.250Z")  # noqa: TRY004 - pydantic takes no TypeError
    return milliseconds(parse_instant(value))


At = Annotated[int, PlainValidator(_moment)]
"""RFC 3339 text in the file, milliseconds since 1970 in the program."""


class Line(BaseModel):
    """One line of a file; frozen, strict about the fields it knows, deaf to others."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


class LineReader(Generic[T]):
    """Reads the lines of a format.

    Args:
        adapter: of a union that is told apart by `kind`.
    """

    def __init__(self, adapter: TypeAdapter[T]) -> None:
        self._adapter = adapter

    def read(self, path: Path) -> Iterator[tuple[int, T]]:
        """Yield number and object of each line; blank lines and unknown kinds are passed over.

        Raises:
            LogError: a line is not what the format says.
            OSError: the file cannot be read.
        """
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.isspace():
                    continue
                try:
                    yield number, self._adapter.validate_json(line)
                except ValidationError as error:
                    problem = error.errors(include_url=False, include_context=False)[0]
                    if problem["type"] != _UNKNOWN_KIND:
                        # The first step of the way is the kind, which the line shows anyway.
                        field = ".".join(str(step) for step in problem["loc"][1:])
                        what = f"{field}: {problem['msg']}" if field else problem["msg"]
                        raise LogError(f"{path}:{number}: {what}") from None
