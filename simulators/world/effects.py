"""Effects: which faults slow links down at present, and what all of them do to one together."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from simulators.measuring import NO_EFFECT, Effect

BAD_LOSS: Final = 0.03
"""A link that loses more than this is degraded."""
BAD_RTT_FACTOR: Final = 3.0
"""And so is one whose round trips take so many times their usual time."""


def is_bad(effect: Effect) -> bool:
    """Whether a link with this effect is degraded."""
    return effect.loss > BAD_LOSS or effect.rtt_factor >= BAD_RTT_FACTOR


class Effects:
    """Effects of faults on objects, by code of a link or of a base station's node."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, Effect]] = defaultdict(dict)

    def put(self, fault: str, codes: Iterable[str], effect: Effect) -> None:
        """Have a fault do this to these objects, in place of what it did."""
        for code in codes:
            self._of[code][fault] = effect

    def take_away(self, fault: str, codes: Iterable[str]) -> None:
        """Have a fault do nothing to these objects any more."""
        for code in codes:
            self._of[code].pop(fault, None)

    def codes(self) -> frozenset[str]:
        """Return the objects that some fault does something to."""
        return frozenset(code for code, effects in self._of.items() if effects)

    def on(self, code: str | None) -> Effect:
        """Return what all faults together do to an object."""
        effects = self._of.get(code or "")
        if not effects:
            return NO_EFFECT
        through, factor, more = 1.0, 1.0, 0.0
        for effect in effects.values():
            through *= 1 - effect.loss
            factor *= effect.rtt_factor
            more += effect.rtt_ms
        return Effect(1 - through, factor, more)
