"""Names: which metric of the catalogue a foreign name is. The names are data.

A table is a CSV file of `device,name,unit,metric,note`; the first line that fits decides.

- `device`: a pattern of the sender's own name, `*` for any.
- `name`: what is measured, in the sender's words; capitals do not count, and `_`, `-` and blanks
  are the same. Empty: the sender gave no name, and its unit alone must be the one of this line.
- `unit`: of the value where the message says none; empty: the metric's own; `?`: the message
  must say one. Where the message says one of another quantity, the line does not fit.
- `metric`: of the catalogue; `-` leaves the value out on purpose.
- `note`: why, for whoever reads it.

A name that is itself the code of a metric needs no line.
"""

import csv
import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from gateway.codecs.units import (
    Dialect,
    UnitError,
    candidates,
    convert,
    is_unit,
    same_quantity,
)
from gateway.translation import RefusalReason
from province.metrics import Metric, catalogue

_COLUMNS: Final = ("device", "name", "unit", "metric", "note")
_LEFT_OUT: Final = "-"
_TO_BE_SAID: Final = "?"
_BLANKS: Final = re.compile(r"[\s_-]+")


class NameTableError(ValueError):
    """A table of names breaks a rule; the message names file, line and value."""


class UnmappedError(ValueError):
    """A value is none of the catalogue's.

    Attributes:
        reason: the word to count by.
    """

    def __init__(self, reason: RefusalReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A value that is left out on purpose, and why."""

    because: str


@dataclass(frozen=True, slots=True)
class _Line:
    device: str
    unit: str
    metric: Metric | None
    note: str

    def fits(self, device: str, name: str, unit: str, dialect: Dialect) -> bool:
        if self.device != "*" and not fnmatch.fnmatchcase(device, self.device):
            return False
        if not name:
            return unit == self.unit
        if not unit or self.unit in {"", _TO_BE_SAID} or self.metric is None:
            return True
        return same_quantity(unit, self.unit, dialect)


class NameTable:
    """What names mean, in the order of the lines it was made of."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._lines: dict[str, list[_Line]] = {}

    def read(self, lines: Iterable[str], source: str) -> "NameTable":
        """Add the lines of one file behind those that are there, and return the table.

        Raises:
            NameTableError: at the first line that breaks a rule, as `file:line: message`.
        """
        numbered = [(n, line) for n, line in enumerate(lines, 1) if line[:1] not in {"#", ""}]
        rows = csv.reader(line for _, line in numbered)
        if tuple(next(rows, ())) != _COLUMNS:
            raise NameTableError(f"{source}: expected the columns {','.join(_COLUMNS)}")
        for (number, _), row in zip(numbered[1:], rows, strict=True):
            try:
                self._add(row)
            except NameTableError as error:
                raise NameTableError(f"{source}:{number}: {error}") from None
        return self

    def value(self, device: str, name: str, unit: str, value: float) -> tuple[str, float] | LeftOut:
        """Return the metric that a value is of, and the value in that metric's unit.

        Args:
            device: the sender's own name.
            name: what was measured, in its words.
            unit: as the message says it; empty where it says none.
            value: as the message has it; a truth value is one of a metric of two states alone.

        Raises:
            UnmappedError: no line fits, the unit is not one of the quantity, or a truth value is
                no value of it.
        """
        line = self._line(device, name, unit)
        if line.metric is None:
            return LeftOut(line.note)
        if isinstance(value, bool) and not line.metric.has_two_states:
            raise UnmappedError(
                RefusalReason.INVALID,
                f"{name!r}: {str(value).lower()} is no number, and {line.metric.code} is measured",
            )
        try:
            return line.metric.code, self._convert(float(value), unit, line)
        except UnitError as error:
            raise UnmappedError(RefusalReason.INVALID, f"{name!r}: {error}") from None

    def left_out(self, device: str, name: str) -> LeftOut | None:
        """Return why values of a name are left out on purpose, whatever they are; None if not."""
        for line in self._lines.get(_key(name), ()):
            if line.fits(device, name, line.unit, self._dialect):
                return LeftOut(line.note) if line.metric is None else None
        return None

    def has(self, name: str) -> bool:
        """Whether a name has a line, or is the code of a metric."""
        return _key(name) in self._lines or name in catalogue()

    def _convert(self, value: float, unit: str, line: _Line) -> float:
        assert line.metric is not None  # noqa: S101 - for the type checker: the caller looked
        if unit:
            return convert(value, unit, line.metric, self._dialect)
        if line.unit == _TO_BE_SAID:
            raise UnitError("no unit is said, and it may be one of several")
        return convert(value, line.unit, line.metric, self._dialect) if line.unit else value

    def _line(self, device: str, name: str, unit: str) -> _Line:
        for line in self._lines.get(_key(name), ()):
            if line.fits(device, name, unit, self._dialect):
                return line
        metric = catalogue().get(name)
        if metric is None:
            raise UnmappedError(RefusalReason.UNKNOWN_FIELD, self._unknown(name, unit))
        return _Line("*", "", metric, "")

    def _unknown(self, name: str, unit: str) -> str:
        what = f"{name!r}" if name else "a value without a name"
        said = f" in {unit!r}" if unit else ""
        wanted = [one.unit for one in self._lines.get(_key(name), ()) if one.unit] if name else []
        if unit and wanted:
            wrong = "of another quantity" if is_unit(unit, self._dialect) else "not known"
            return f"{what}: unit {unit!r} is {wrong}; {' or '.join(map(repr, wanted))} is expected"
        near = candidates(unit, self._dialect, catalogue().values())
        hint = f"; it might be {' or '.join(near)}" if near else ""
        return f"{what}{said} is no metric here{hint}"

    def _add(self, row: Sequence[str]) -> None:
        if len(row) != len(_COLUMNS):
            raise NameTableError(f"{len(row)} fields where {len(_COLUMNS)} are expected")
        device, name, unit, code, note = row
        metric = None if code == _LEFT_OUT else catalogue().get(code)
        if metric is None and code != _LEFT_OUT:
            raise NameTableError(f"metric {code!r} is not in the catalogue")
        line = _Line(device, unit, metric, note)
        if metric is not None and unit not in {"", _TO_BE_SAID}:
            try:
                convert(1.0, unit, metric, self._dialect)
            except UnitError as error:
                raise NameTableError(str(error)) from None
        self._lines.setdefault(_key(name), []).append(line)


def _key(name: str) -> str:
    return _BLANKS.sub(" ", name.strip()).casefold()
