"""The face of a panel: what stands on it for people, the same questions asked of every panel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dashboards.limits import Limits, no_limits
from dashboards.states import State, mappings
from dashboards.text import Text

NO_ROWS: Final = Text("no rows in this time", "không có dữ liệu trong thời gian này")
"""What a panel says without data, unless it knows better what that means."""

WHEN_RED: Final = Text("\n\n**When it is red:** ", "\n\n**Khi có màu đỏ:** ")
"""Parts what a description says it shows from what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What a panel tells people.

    Attributes:
        title: its title.
        shows: what it shows, and over which time, in a sentence or two.
        when_red: what to do when it is red; of a panel that cannot be red, what to use it for.
        unit: Grafana's id of the unit, such as `percent`, or `none` for a count.
        limits: from where on a value is yellow or red.
        states: states whose numbers the values are; they colour instead of the limits.
        no_data: what it means that there is nothing.
        decimals: how many are shown; none: Grafana decides.
        minimum: least value of the axis or bar.
        maximum: greatest.
    """

    title: Text
    shows: Text
    when_red: Text
    unit: str
    limits: Limits = field(default_factory=no_limits)
    states: Sequence[State] = ()
    no_data: Text = NO_ROWS
    decimals: int | None = None
    minimum: float | None = None
    maximum: float | None = None

    def description(self) -> Text:
        """Return what the panel's information sign shows, in Markdown."""
        return self.shows + WHEN_RED + self.when_red

    def defaults(self) -> dict[str, Any]:
        """Return the defaults of the panel's fields."""
        optional = {"decimals": self.decimals, "min": self.minimum, "max": self.maximum}
        return {
            "unit": self.unit,
            "thresholds": self.limits.thresholds(),
            "color": {"mode": "thresholds"},
            "mappings": mappings(self.states) if self.states else [],
            "noValue": self.no_data,
        } | {key: value for key, value in optional.items() if value is not None}
