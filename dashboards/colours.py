"""The palette: eight colours that people with any colour vision tell apart.

They are those of Okabe and Ito (2008), but for a light grey instead of their black, so
that it can be a background. A colour has one meaning on every board: see states.py.
"""

from typing import Final

GREEN: Final = "#009E73"
YELLOW: Final = "#F0E442"
ORANGE: Final = "#E69F00"
VERMILION: Final = "#D55E00"
PURPLE: Final = "#CC79A7"
SKY: Final = "#56B4E9"
BLUE: Final = "#0072B2"
GREY: Final = "#C4C4C4"

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
