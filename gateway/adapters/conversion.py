"""Conversion: a foreign value to a value of the catalogue, or a refusal that names it."""

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.adapters.errors import RefusedError
from gateway.codecs.units import Dialect, UnitError, convert, is_unit
from gateway.translation import RefusalReason
from province.metrics import Metric, catalogue
from province.reports import LINK_VALUE_FIELDS, LinkValues

STRICT: Final = ConfigDict(
    strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=True, allow_inf_nan=False
)

LISTED: Final = Field(strict=False)
"""For tuples and words of an enumeration: what a file can write of them is a list, and text."""

_SIGNIFICANT: Final = 12
_NUMBER: Final = re.compile(
    r"^\s*[-+]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][-+]?\d{1,3})?\s*\Z"
)
_SHOWN: Final = 80

Scalar = str | float | int | bool | None


class Conversion(BaseModel):
    """How a value becomes another; without any key it must be a number and stays it.

    Attributes:
        map: what each of the foreign words means; a word that is not here is refused.
        no_value: what the source says when it has measured nothing.
        parse: the number comes as text.
        times, over, plus: value * times / over + plus, before the unit.
        unit: the unit it comes in, where that is not the metric's own.
    """

    model_config = STRICT

    map: Annotated[dict[str, Scalar], Field(min_length=1)] | None = None
    no_value: Annotated[tuple[Scalar, ...], LISTED] = ()
    parse: bool = False
    times: float = 1.0
    over: Annotated[float, Field(gt=0)] = 1.0
    plus: float = 0.0
    unit: str | None = None

    def of(self, given: object, target: str, what: str) -> Any:  # noqa: ANN401 - number or text
        """Return the value of a metric or link value; None if it was not measured.

        Args:
            given: what came.
            target: the metric's code, or the name of a link value.
            what: the field, for messages.

        Raises:
            RefusedError: naming the field and the value.
        """
        if given is None or any(same(given, one) for one in self.no_value):
            return None
        value = self.raw(given, what)
        if value is None:
            return None
        metric = catalogue().get(target)
        if isinstance(value, str) or metric is None:
            return _link_value(value, target, what)
        converted = self._converted(value, metric, what)
        said = f"{what}: {shown(given)}"
        return checked(
            converted, metric, said if same(converted, given) else f"{said}, which is {converted},"
        )

    def in_unit(self, unit: str) -> "Conversion":
        """Return the same conversion of a value in another unit."""
        return self.model_copy(update={"unit": unit})

    def raw(self, given: object, what: str) -> Any:  # noqa: ANN401 - number, text or None
        """Return what the words mean, or the number itself.

        Raises:
            RefusedError: naming the field and the value.
        """
        if self.map is not None:
            word = _word(given)
            if word not in self.map:
                raise RefusedError(
                    RefusalReason.INVALID,
                    f"{what}: {shown(given)} is none of {', '.join(self.map)}",
                )
            return self.map[word]
        if self.parse and isinstance(given, str):
            if not _NUMBER.match(given):
                raise RefusedError(RefusalReason.INVALID, f"{what}: {shown(given)} is no number")
            given = float(given)
        return number(given, what)

    def _converted(self, value: float, metric: Metric, what: str) -> float:
        if (self.times, self.over, self.plus) != (1.0, 1.0, 0.0):
            try:
                value = rounded(value * self.times / self.over + self.plus)
            except OverflowError:
                raise RefusedError(RefusalReason.OUT_OF_RANGE, f"{what}: too large") from None
        if self.unit is None or self.unit == metric.unit:
            return value
        try:
            return convert(float(value), self.unit, metric, Dialect.PLAIN)
        except UnitError as error:
            raise RefusedError(RefusalReason.INVALID, f"{what}: {error}") from None
        except OverflowError:
            raise RefusedError(RefusalReason.OUT_OF_RANGE, f"{what}: too large") from None


def problems_of(conversion: Conversion, target: str) -> str | None:
    """Return what is wrong with a conversion to a target, to be said when a file is read."""
    metric = catalogue().get(target)
    if conversion.unit is None:
        return None
    if not is_unit(conversion.unit, Dialect.PLAIN):
        return f"unit {conversion.unit!r} is not known"
    if metric is None:
        return f"{target} is a link value and is not converted"
    try:
        convert(1.0, conversion.unit, metric, Dialect.PLAIN)
    except UnitError as error:
        return str(error)
    return None


def is_target(name: str) -> bool:
    """Whether a record can hold a value of this name."""
    return name in catalogue() or name in LINK_VALUE_FIELDS


def checked(value: float, metric: Metric, what: str) -> float:
    """Return a value if it is plausible.

    Raises:
        RefusedError: it is not.
    """
    if not metric.minimum <= value <= metric.maximum:
        raise RefusedError(
            RefusalReason.OUT_OF_RANGE,
            f"{what} is outside {metric.minimum:g} to {metric.maximum:g} {metric.unit}".rstrip()
            + f" of {metric.code}",
        )
    return value


def number(given: object, what: str) -> int | float:
    """Return a number that is one.

    Raises:
        RefusedError: it is text, a truth value, NaN or infinite.
    """
    if isinstance(given, bool) or not isinstance(given, int | float):
        kind = "text" if isinstance(given, str) else "no number"
        raise RefusedError(
            RefusalReason.INVALID, f"{what}: {shown(given)} is {kind}, where a number is needed"
        )
    if isinstance(given, float) and not math.isfinite(given):
        raise RefusedError(RefusalReason.OUT_OF_RANGE, f"{what}: {given} is not finite")
    return given


def rounded(value: float) -> float:
    """Return a number without what binary fractions add to it."""
    return float(f"{value:.{_SIGNIFICANT}g}")


def same(given: object, other: object) -> bool:
    """Whether two JSON values are equal; true is not 1 here."""
    return isinstance(given, bool) == isinstance(other, bool) and given == other


def shown(value: object) -> str:
    """Return a value for a message: whole if it is short, and never an error by itself."""
    try:
        text = repr(value)
    except ValueError:  # Python does not write out integers of thousands of digits
        return "a very long number"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _word(given: object) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    return given if isinstance(given, str) else shown(given)


def _link_value(value: object, target: str, what: str) -> Any:  # noqa: ANN401 - number or text
    try:
        LinkValues.model_validate({target: value})
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"]
        raise RefusedError(
            RefusalReason.INVALID, f"{what}: {shown(value)}: {message} ({target})"
        ) from None
    return value


def word_map(words: Mapping[str, Scalar]) -> Conversion:
    """Return the conversion of words alone."""
    return Conversion(map=dict(words))
