"""The palette: eight colours that people with any colour vision tell apart.

They are those of Okabe and Ito (2008), but for a light grey instead of their black, so
that it can be a background. A colour has one meaning wherever people look: see states.py.
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
