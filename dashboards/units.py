"""Units: Grafana's ids of those that the boards use."""

import re
from typing import Final

UNITS: Final = frozenset(
    {
        *("Mbits", "bytes", "celsius", "conμgm3", "cps", "dBm", "dateTimeAsLocal"),
        *("dateTimeFromNow", "h", "kwatt", "lengthm", "lengthmm", "m", "mps", "ms", "none"),
        *("percent", "s", "short", "velocitykmh"),
    }
)
"""A test holds them to Grafana's own list: it shows a misspelt one behind each number."""

_OWN: Final = re.compile(r"(prefix|suffix|time|si|count|currency|bool):.+")
"""Units that somebody makes up, as Grafana writes them."""


def is_unit(text: str) -> bool:
    """Return whether it is a unit that the boards may have."""
    return text in UNITS or _OWN.fullmatch(text) is not None
