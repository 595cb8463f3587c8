"""States and severities: their number in a frame, their words, their one colour everywhere.

Grafana colours numbers, so a query turns a state into its number; `sql/shared.sql` has the CASE
for each set, and a test compares both with these.
"""

from collections.abc import Iterable
from typing import Any, Final

from dashboards.colours import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, YELLOW
from dashboards.text import Text
from province.states import SEVERITIES, VILLAGE_STATES, State

__all__ = [
    "EXTRA_COLOURS",
    "LINK_STATES",
    "NOTICE_STATES",
    "POWER_STATES",
    "PRESENCE_STATES",
    "SEVERITIES",
    "VILLAGE_STATES",
    "WATER_ALARMS",
    "State",
    "mappings",
]

LINK_STATES: Final = (
    State(0, "up", Text("up", "hoạt động"), GREEN),
    State(1, "maintenance", Text("maintenance", "bảo trì"), SKY),
    State(2, "unknown", Text("unknown", "không rõ"), GREY),
    State(3, "stale", Text("stale", "dữ liệu cũ"), GREY),
    State(4, "degraded", Text("degraded", "suy giảm"), YELLOW),
    State(5, "down", Text("down", "mất kết nối"), VERMILION),
)
"""States of a link that last; the steps on the way to them count as the state they leave."""

POWER_STATES: Final = (
    State(0, "mains", Text("mains", "điện lưới"), GREEN),
    State(1, "unknown", Text("unknown", "không rõ"), GREY),
    State(2, "battery", Text("battery", "ắc quy"), ORANGE),
)
"""What feeds a device."""

PRESENCE_STATES: Final = (
    State(0, "online", Text("online", "trực tuyến"), GREEN),
    State(1, "offline", Text("offline", "ngoại tuyến"), VERMILION),
)
"""Whether a device is connected."""

NOTICE_STATES: Final = (
    State(0, "sent", Text("sent", "đã gửi"), GREEN),
    State(1, "withheld", Text("withheld", "giữ lại"), SKY),
    State(2, "failed", Text("failed", "thất bại"), VERMILION),
)
"""What became of a notice."""

WATER_ALARMS: Final = (
    State(0, "below", Text("below I", "dưới BĐ1"), GREEN),
    State(1, "first", Text("alarm I", "báo động 1"), YELLOW),
    State(2, "second", Text("alarm II", "báo động 2"), ORANGE),
    State(3, "third", Text("alarm III", "báo động 3"), VERMILION),
)
"""Water of a river against its alarm levels."""

EXTRA_COLOURS: Final = (BLUE, PURPLE)
"""Colours of the palette that mean no state: free for lines and for neutral figures."""


def mappings(states: Iterable[State]) -> list[dict[str, Any]]:
    """Return Grafana's value mapping from numbers, and from words, to text and colour."""
    options: dict[str, Any] = {}
    for state in states:
        shown = {"text": state.text, "color": state.colour, "index": state.number}
        options[str(state.number)] = shown
        options[state.name] = shown
    return [{"type": "value", "options": options}]
