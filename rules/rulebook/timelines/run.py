"""Running timelines: values and events at their times, and what is said at the times asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from rules.engine.engine import Engine
from rules.engine.network import Network
from rules.model import Action, IncidentNotice
from rules.rulebook.changes import Sample
from rules.rulebook.engine import RuleBookEngine
from rules.rulebook.subjects import OWN, Subject, subjects_of
from rules.rulebook.timelines.comparing import alert_differences, incident_differences
from rules.rulebook.timelines.happenings import Happenings
from rules.rulebook.timelines.model import Moment, Timeline
from rules.rulebook.timelines.reader import Suite


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one test.

    Attributes:
        differences: lines for people; none where everything is as expected.
    """

    test: str
    differences: tuple[str, ...]


def run_suite(suite: Suite) -> Iterator[Outcome]:
    """Run each test of a file from its start, by itself."""
    for number, test in enumerate(suite.file.tests):
        yield Outcome(test.test, tuple(_run(suite, test, number)))


def _run(suite: Suite, test: Timeline, number: int) -> Iterator[str]:
    start = test.start or suite.file.start
    subjects = _subjects(suite, test)
    order = sorted(enumerate(test.expect), key=lambda pair: pair[1].at)
    alerts = _alerts(suite, test, subjects, start)
    incidents = _incidents(suite, test, subjects, start)
    for at, moment in order:
        until = start + moment.at
        for line in (*alerts(moment, until), *incidents(moment, until)):
            where = f"{suite.source}:{suite.lines[number, at]}"
            yield f"{where}: {test.test}: at {_words(moment.at)}: {line}"


def _subjects(suite: Suite, test: Timeline) -> dict[str, Subject]:
    subjects = dict(subjects_of(suite.inventory))
    intervals = {one.device: one.interval or test.interval for one in test.input}
    for code, interval in intervals.items():
        if code not in subjects:
            subjects[code] = Subject(code, "sensor", interval.total_seconds(), code)
    for code, placed in test.devices.items():
        interval = placed.interval or intervals.get(code, test.interval)
        subjects[code] = Subject(
            code,
            placed.kind,
            interval.total_seconds(),
            placed.name or code,
            placed.commune,
            placed.village,
            placed.operator,
        )
    subjects[OWN.code] = OWN
    return subjects


class _Alerts:
    def __init__(self, engine: RuleBookEngine, samples: list[Sample], test: Timeline) -> None:
        self._engine = engine
        self._samples = samples
        self._test = test

    def __call__(self, moment: Moment, until: datetime) -> Iterator[str]:
        now = until.timestamp()
        due = [one for one in self._samples if one.at <= now]
        del self._samples[: len(due)]
        for at, group in groupby(due, key=lambda sample: sample.at):
            self._engine.advance(group, at)
        self._engine.advance((), now)
        if moment.alerts is not None:
            standing = (one for one in self._engine.standing() if self._test.rules.match(one.rule))
            yield from alert_differences(moment.alerts, standing)


def _alerts(
    suite: Suite, test: Timeline, subjects: Mapping[str, Subject], start: datetime
) -> _Alerts:
    samples = [
        Sample(
            (start + number * (series.interval or test.interval)).timestamp(),
            series.device,
            {series.metric: value},
        )
        for series in test.input
        for number, value in enumerate(series.values)
        if value is not None
    ]
    samples.sort(key=lambda sample: sample.at)
    engine = RuleBookEngine(suite.book, subjects)
    engine.advance((), start.timestamp())
    return _Alerts(engine, samples, test)


class _Incidents:
    def __init__(self, engine: Engine, happenings: Happenings, last: timedelta) -> None:
        self._engine = engine
        self._events = happenings.events(last)
        self._next = next(self._events, None)
        self._open: dict[str, IncidentNotice] = {}

    def __call__(self, moment: Moment, until: datetime) -> Iterator[str]:
        while self._next is not None and self._next.at <= until.timestamp():
            for said in self._engine.advance((self._next,), self._next.at):
                if isinstance(said, IncidentNotice):
                    self._take(said)
            self._next = next(self._events, None)
        if moment.incidents is not None:
            yield from incident_differences(moment.incidents, self._open.values())

    def _take(self, notice: IncidentNotice) -> None:
        if notice.action is Action.CLEAR:
            self._open.pop(notice.incident, None)
        else:
            self._open[notice.incident] = notice


def _incidents(
    suite: Suite, test: Timeline, subjects: Mapping[str, Subject], start: datetime
) -> _Incidents:
    asked = any(moment.incidents is not None for moment in test.expect)
    happenings = Happenings(suite.inventory, subjects, test.outages, start)
    last = max(moment.at for moment in test.expect) if asked else timedelta(-1)
    return _Incidents(Engine(Network(suite.inventory)), happenings, last)


def _words(duration: timedelta) -> str:
    seconds = round(duration.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "m"), (seconds % 60, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"
