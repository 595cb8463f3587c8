"""The voice: what the engine says, in order, with the time at which it says it."""

from collections import defaultdict
from collections.abc import Iterable

from rules.model import Transition, Withheld


class Voice:
    """Collects what is said until it is handed over.

    Attributes:
        now: the time of what is said from here on.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._said: list[Transition] = []
        self._withheld: dict[tuple[str, str | None], set[str]] = defaultdict(set)

    def say(self, transition: Transition) -> None:
        """Say something."""
        self._said.append(transition)

    def withhold(self, objects: Iterable[str], reason: str, incident: str | None = None) -> None:
        """Note what is not made an alert; it is said at the end of the look, all together."""
        self._withheld[reason, incident].update(objects)

    def end_look(self) -> None:
        """Say what was withheld in this look."""
        for (reason, incident), objects in self._withheld.items():
            if objects:
                self._said.append(Withheld(self.now, tuple(sorted(objects)), reason, incident))
        self._withheld.clear()

    def hand_over(self) -> list[Transition]:
        """Return what was said since the last time."""
        said, self._said = self._said, []
        return said
