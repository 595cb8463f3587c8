"""A course: one pass over history, in which the engine decides about outages."""

from collections.abc import Callable

from rules.backtest.steps import Step
from rules.backtest.translation import Translation
from rules.backtest.verdicts import Verdict, verdict_of
from rules.engine.engine import Engine
from rules.incidents.fold import Desk
from rules.model import IncidentNotice, Transition

Tell = Callable[[Transition], None]


class Course:
    """Decides over steps of history.

    Args:
        engine: decides about outages.
        desk: keeps its incidents.
        translation: makes what the engine is told.
        tell: hears every transition of the engine, in order.

    Attributes:
        outages: what the engine decided, by incident.
    """

    def __init__(self, engine: Engine, desk: Desk, translation: Translation, tell: Tell) -> None:
        self._engine = engine
        self._desk = desk
        self._translation = translation
        self._tell = tell
        self.outages: dict[str, Verdict] = {}

    def take(self, step: Step) -> None:
        """Decide over the next step."""
        for transition in self._engine.advance(self._translation.take(step), step.now):
            self._tell(transition)
            if isinstance(transition, IncidentNotice):
                self.outages[transition.incident] = verdict_of(self._desk.take(transition))
