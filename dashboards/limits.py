"""Limits: from which value on a panel turns yellow, and from which it turns red."""

from dataclasses import dataclass
from typing import Any

from dashboards.colours import BAD, GOOD, NEUTRAL, WARNING


@dataclass(frozen=True, slots=True)
class Limits:
    """The colours of a value, from the least on.

    Attributes:
        steps: value from which on a colour holds; the first has none.
    """

    steps: tuple[tuple[float | None, str], ...]

    def thresholds(self) -> dict[str, Any]:
        """Return them as Grafana's thresholds."""
        return {
            "mode": "absolute",
            "steps": [{"value": value, "color": colour} for value, colour in self.steps],
        }

    @property
    def has_red(self) -> bool:
        """Whether some value is red."""
        return any(colour == BAD for _, colour in self.steps)


def no_limits() -> Limits:
    """Return limits that colour nothing: no value is good or bad by itself."""
    return Limits(((None, NEUTRAL),))


def rising(*, warning: float, bad: float) -> Limits:
    """Return limits of what is worse the greater it is."""
    return Limits(((None, GOOD), (warning, WARNING), (bad, BAD)))


def alarming(*, warning: float, bad: float) -> Limits:
    """Return limits like `rising`, for a cell that says nothing by its colour while all is well."""
    return Limits(((None, "transparent"), (warning, WARNING), (bad, BAD)))


def falling(*, warning: float, bad: float) -> Limits:
    """Return limits of what is worse the less it is: red below `bad`, yellow below `warning`."""
    return Limits(((None, BAD), (bad, WARNING), (warning, GOOD)))


def between(*, bad_below: float, low: float, high: float, bad_above: float) -> Limits:
    """Return limits of what is good in the middle."""
    return Limits(
        ((None, BAD), (bad_below, WARNING), (low, GOOD), (high, WARNING), (bad_above, BAD))
    )
