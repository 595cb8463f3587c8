"""States of villages and severities of incidents: words and colour, the same wherever people look.

Boards and the live page show them; whoever learned a colour on one knows it on the other.
"""

from dataclasses import dataclass
from typing import Final

from province.palette import GREEN, GREY, ORANGE, SKY, VERMILION, YELLOW
from province.text import Text


@dataclass(frozen=True, slots=True)
class State:
    """One state that people are shown.

    Attributes:
        number: what stands for it where only numbers can; the worse, the greater.
        name: its word in the database.
        text: its words for people.
        colour: its colour, in hexadecimal.
    """

    number: int
    name: str
    text: Text
    colour: str


VILLAGE_STATES: Final = (
    State(0, "served", Text("served", "có dịch vụ"), GREEN),
    State(1, "maintenance", Text("maintenance", "bảo trì"), SKY),
    State(2, "unknown", Text("unknown", "không rõ"), GREY),
    State(3, "degraded", Text("degraded", "suy giảm"), YELLOW),
    State(4, "dark", Text("dark", "mất dịch vụ"), VERMILION),
)
"""States of a village, and of a commune by its worst village."""

SEVERITIES: Final = (
    State(0, "indeterminate", Text("indeterminate", "chưa xác định"), GREY),
    State(1, "warning", Text("warning", "cảnh báo"), SKY),
    State(2, "minor", Text("minor", "nhẹ"), YELLOW),
    State(3, "major", Text("major", "nặng"), ORANGE),
    State(4, "critical", Text("critical", "nghiêm trọng"), VERMILION),
)
"""Severities of an incident."""
