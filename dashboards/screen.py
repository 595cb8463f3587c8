"""What a query depends on besides its text: the time on the screen, and what a reader chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from dashboards.time_range import TimeRange


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a reader chose of one variable.

    Attributes:
        values: the values; of `All` without a text of its own, all there are.
        several: whether the variable takes several values, or `All`.
        all_text: what `All` becomes, put in without any quoting; none: it is not chosen.
    """

    values: tuple[str, ...]
    several: bool = True
    all_text: str | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """What a query depends on besides its text.

    Attributes:
        time: the time on the screen.
        step: what `$__interval` is.
        chosen: the variables, by name.
        login: who looks.
    """

    time: TimeRange
    step: timedelta
    chosen: Mapping[str, Chosen] = field(default_factory=dict)
    login: str = "admin"
