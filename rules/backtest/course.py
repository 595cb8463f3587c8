"""A course: one pass over history, in which the engine and any number of rulebooks decide."""

from collections.abc import Callable, Mapping, Sequence

from rules.backtest.sampling import Sampling
from rules.backtest.translation import Step
from rules.backtest.verdicts import Verdict, verdict_of, verdict_of_alert
from rules.engine.engine import Engine
from rules.incidents.fold import Desk
from rules.model import IncidentNotice, Own, Transition
from rules.rulebook.engine import RuleBookEngine

Tell = Callable[[Transition], None]


class Course:
    """Decides over steps of history.

    Args:
        engine: decides about outages.
        desk: keeps its incidents.
        books: engines of rulebooks; each decides for itself.
        sampling: makes what those are told.
        tell: hears every transition of the engine, in order.

    Attributes:
        outages: what the engine decided, by incident.
        alerts: what each rulebook decided, by incident, in the order of the rulebooks.
    """

    def __init__(
        self,
        engine: Engine,
        desk: Desk,
        books: Sequence[RuleBookEngine],
        sampling: Sampling,
        tell: Tell,
    ) -> None:
        self._engine = engine
        self._desk = desk
        self._books = books
        self._sampling = sampling
        self._tell = tell
        self.outages: dict[str, Verdict] = {}
        self.alerts: list[dict[str, Verdict]] = [{} for _ in books]

    def take(self, step: Step, codes: Mapping[int, str]) -> None:
        """Decide over the next step.

        Args:
            step: of the translation.
            codes: of devices, by the numbers that rows have.
        """
        self._take_transitions(self._engine.advance(step.events, step.now))
        if self._books and self._sampling.wanted:
            self._take_samples(step, codes)

    def _take_transitions(self, transitions: Sequence[Transition]) -> None:
        for transition in transitions:
            self._tell(transition)
            if isinstance(transition, IncidentNotice):
                self.outages[transition.incident] = verdict_of(self._desk.take(transition))

    def _take_samples(self, step: Step, codes: Mapping[int, str]) -> None:
        samples = list(self._sampling.take(step.rows, codes))
        own = [event for event in step.events[:1] if isinstance(event, Own)]
        for book, alerts in zip(self._books, self.alerts, strict=True):
            for event in own:
                _tell_sight(book, event)
            for change in book.advance(samples, step.now):
                alerts[change.alert] = verdict_of_alert(change, alerts.get(change.alert))


def _tell_sight(book: RuleBookEngine, own: Own) -> None:
    """Tell a rulebook whether we see: what we do not see is not silent."""
    if own.up:
        book.seeing(own.at)
    else:
        book.blind()
