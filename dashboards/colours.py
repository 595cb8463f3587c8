"""What the colours of the palette mean on boards."""

from typing import Final

from province.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION, YELLOW

__all__ = [
    "BAD",
    "BLUE",
    "GOOD",
    "GREEN",
    "GREY",
    "NEUTRAL",
    "ORANGE",
    "PURPLE",
    "SERIES",
    "SKY",
    "VERMILION",
    "WARNING",
    "YELLOW",
]

GOOD: Final = GREEN
"""As it should be."""
WARNING: Final = YELLOW
"""Look at it today."""
BAD: Final = VERMILION
"""Act on it now; what a description calls red."""
NEUTRAL: Final = BLUE
"""A figure that is neither good nor bad."""

SERIES: Final = (BLUE, ORANGE, SKY, PURPLE, GREEN, GREY)
"""For lines side by side: none of them means a state that the line is not in."""
