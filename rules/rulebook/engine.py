"""The rulebook's engine: takes values, and says which alerts open, change and end."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import heappop, heappush
from math import inf
from typing import Final

from province.inventory import Inventory
from rules.rulebook import alerts as said
from rules.rulebook.alerts import Alerts
from rules.rulebook.book import BookRule, RuleBook
from rules.rulebook.changes import AlertChange, Sample
from rules.rulebook.limits import LimitMachine, RatioMachine, WindowMachine
from rules.rulebook.machine import Machine, Standing
from rules.rulebook.quantities import quantities
from rules.rulebook.rule import Absence, Limited, Rate, Ratio, Threshold
from rules.rulebook.series import Series
from rules.rulebook.shares import ShareMachine
from rules.rulebook.silence import SilenceMachine
from rules.rulebook.state import RuleBookState
from rules.rulebook.subjects import Subject, subjects_of
from rules.rulebook.values import Globs

_ByMetric = dict[str, Series]

_ANY: Final = ""
"""The metric of what is told to those who wait for anything at all."""


class RuleBookEngine:
    """Judges values by a rulebook.

    Pure: it does no I/O and reads no clock. A new rulebook or inventory is a new engine on the old
    state: rules that mean the same go on, and alerts of rules and devices that are no more end at
    the next `advance`.

    Args:
        book: the rules.
        inventory: what there is, or what the rules know of it (`subjects_of`).
        state: to go on from; a new one by default.
    """

    def __init__(
        self,
        book: RuleBook,
        inventory: Inventory | Mapping[str, Subject],
        state: RuleBookState | None = None,
    ) -> None:
        self.state = state or RuleBookState()
        self.alerts = Alerts(self.state)
        subjects = subjects_of(inventory) if isinstance(inventory, Inventory) else inventory
        self._heap: list[tuple[float, str, Machine]] = []
        self._by_metric: dict[str, _ByMetric] = defaultdict(dict)
        self._by_device: dict[str, list[Machine]] = defaultdict(list)
        self._silences: list[SilenceMachine] = []
        self._drop_changed(book)
        machines = {
            machine.key: machine for entry in book.rules for machine in self._of(entry, subjects)
        }
        self._drop_unmatched(machines)
        self._machines = machines
        self.state.said.clear()  # all machines took it
        for machine in machines.values():
            told = machine.track.told
            if told is not None and told.severity is not machine.entry.rule.severity:
                machine.changed(self.state.now)
            self.schedule(machine)

    def advance(self, samples: Iterable[Sample], now: float) -> list[AlertChange]:
        """Take samples and let time go on; return what they change, in the order of decisions.

        Args:
            samples: in whatever order they came; repeats and late ones do no harm.
                Values outside of what their metric can be are left out.
            now: the time, in seconds since 1970. A value from the future counts as from now.
        """
        state = self.state
        if not state.now:
            state.seeing_since = state.seeing_since or now
            for silence in self._silences:
                self.schedule(silence)
        state.now = now = max(now, state.now)
        for sample in samples:
            self._take(sample, min(sample.at, now))
        self._pass_time(now)
        return self.alerts.hand_over()

    def blind(self) -> None:
        """Take that we cannot see: nobody is taken to be silent until we can."""
        self.state.blind = True

    def seeing(self, at: float) -> None:
        """Take that we can see from now on: after a start, and when our own fault is over."""
        self.state.blind = False
        self.state.seeing_since = at
        for silence in self._silences:
            self.schedule(silence)

    def standing(self) -> Iterator[Standing]:
        """Yield what is known of each rule on each subject of which anything was heard."""
        for key, track in self.state.tracks.items():
            yield self._machines[key].standing(track)

    def schedule(self, machine: Machine) -> None:
        """Look at a machine again when its time comes; an earlier look does no harm."""
        deadline = machine.deadline()
        if deadline is not None and deadline < machine.queued:
            machine.queued = deadline
            heappush(self._heap, (deadline, machine.key, machine))

    def _take(self, sample: Sample, at: float) -> None:
        device = sample.device
        serieses = self._by_metric.get(device)
        if serieses is not None:
            for metric, value in sample.values.items():
                series = serieses.get(metric)
                if series is not None:
                    series.take(at, value)
        if device in self._by_device:
            for machine in self._by_device[device]:
                machine.take(at, 0.0, device, _ANY)

    def _pass_time(self, now: float) -> None:
        heap = self._heap
        while heap and heap[0][0] <= now:
            looked_at, _, machine = heappop(heap)
            if looked_at != machine.queued:
                continue  # an earlier look was added since, and came
            machine.queued = inf
            deadline = machine.deadline()
            # One step at a time: decisions of all machines stay in the order of time.
            if deadline is not None and deadline <= looked_at:
                machine.expire(deadline)
            self.schedule(machine)

    # -- which rule is about which device ----------------------------------------------

    def _of(self, entry: BookRule, subjects: Mapping[str, Subject]) -> Iterator[Machine]:
        matched = [one for one in subjects.values() if one.matches(entry.match)]
        rule = entry.rule
        if isinstance(rule, Ratio) and rule.share is not None:
            yield from self._shares(entry, rule, matched)
            return
        for subject in matched:
            key = f"{entry.name}|{subject.code}"
            if isinstance(rule, Absence):
                yield self._silence(entry, rule, subject, key)
            elif isinstance(rule, Limited):
                limit = _limit_of(rule, subject.code)
                if limit is not None:
                    yield self._limited(entry, subject, key, limit)

    def _silence(
        self, entry: BookRule, rule: Absence, subject: Subject, key: str
    ) -> SilenceMachine:
        machine = SilenceMachine(entry, subject, key, self)
        self._silences.append(machine)
        if rule.metric is None:
            self._by_device[subject.code].append(machine)
        else:
            self._series(subject.code, rule.metric).add(machine)
        return machine

    def _limited(self, entry: BookRule, subject: Subject, key: str, limit: float) -> Machine:
        rule = entry.rule
        if isinstance(rule, Ratio):
            kind: type[LimitMachine] = RatioMachine
        elif isinstance(rule, Rate) or (isinstance(rule, Threshold) and rule.over is not None):
            kind = WindowMachine
        else:
            kind = LimitMachine
        machine = kind(entry, subject, key, self, limit)
        for metric in rule.metrics():
            self._series(subject.code, metric).add(machine)
        return machine

    def _shares(
        self, entry: BookRule, rule: Ratio, matched: Iterable[Subject]
    ) -> Iterator[Machine]:
        groups: dict[str, list[Subject]] = defaultdict(list)
        for subject in matched:
            group = subject.group(rule.by or "")
            if group is not None:
                groups[group].append(subject)
        for code, members in groups.items():
            limit = _limit_of(rule, code)
            if limit is None:
                continue
            subject = _as_subject(rule.by or "", code, members[0])
            fresh = {member.code: member.stale_seconds for member in members}
            key = f"{entry.name}|{code}"
            machine = ShareMachine(entry, subject, key, self, limit, fresh=fresh)
            for member in members:
                self._series(member.code, rule.metrics()[0]).add(machine)
            yield machine

    def _series(self, device: str, metric: str) -> Series:
        of_device = self._by_metric[device]
        series = of_device.get(metric)
        if series is None:
            quantity = quantities()[metric]
            series = Series(device, metric, quantity.minimum, quantity.maximum, self.state)
            of_device[metric] = series
        return series

    # -- what was, and is no more --------------------------------------------------------

    def _drop_changed(self, book: RuleBook) -> None:
        signatures = {entry.name: entry.signature for entry in book.rules}
        for key, track in list(self.state.tracks.items()):
            if signatures.get(key.partition("|")[0]) != track.signature:
                self.alerts.drop(track, self.state.now, said.RULE_REMOVED)
                del self.state.tracks[key]

    def _drop_unmatched(self, machines: Mapping[str, Machine]) -> None:
        for key, track in list(self.state.tracks.items()):
            if key not in machines:
                self.alerts.drop(track, self.state.now, said.DEVICE_REMOVED)
                del self.state.tracks[key]


def _limit_of(rule: Limited, code: str) -> float | None:
    for pattern, limit in rule.limits.items():
        if Globs([pattern]).match(code):
            return limit
    return None


def _as_subject(by: str, code: str, member: Subject) -> Subject:
    """Return a group as a subject: without a code, since it is no device."""
    if by == "village":
        return Subject(
            "",
            by,
            member.interval,
            member.village_name or code,
            member.commune,
            code,
            None,
            member.commune_name,
            member.village_name,
        )
    if by == "commune":
        name = member.commune_name or code
        return Subject("", by, member.interval, name, code, commune_name=member.commune_name)
    if by == "operator":
        name = member.operator_name or code
        return Subject("", by, member.interval, name, operator=code, operator_name=name)
    return Subject("", by, member.interval, code)
