"""Whatever happens in whatever order: nothing twice, every end once, nothing while muted."""

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from rules.incidents.record import IncidentRecord, Status
from rules.model import Action, Severity
from rules.notify.ledger import Ledger
from rules.notify.lines import LogLine
from rules.notify.model import Dispatch, Telling
from rules.notify.state import NotifyState
from rules.plain import dump_plain, load_plain
from tests.rules.notify.make import NOON, clear, make_mute, make_record, make_routes, step

if TYPE_CHECKING:
    from rules.incidents.mutes import Mute

ODD = ", ".join(
    f'{{from: "{hour:02}:{ten}0", to: "{hour:02}:{ten}9"}}'
    for hour in range(24)
    for ten in (1, 3, 5)
)
ROUTES = make_routes(f"""
receivers:
  desk: {{log: {{}}, digest: {{above: 3, window: 5m, every: 5m}}}}
  bus: {{mqtt: {{}}}}
  chief: {{webhook: {{url: "https://example.org/"}}, give_up: 365d, digest: null}}
intervals: {{odd: [{ODD}]}}
route:
  receivers: [desk, bus]
  group_by: commune
  group_wait: 10s
  escalate: {{after: 15m, to: chief}}
  routes:
    - match: {{commune: "24175"}}
      during: odd
      receivers: chief
      continue: true
""")
NAMES = st.sampled_from(("a", "b", "c", "d", "e"))
COMMUNES = {"a": "24133", "b": "24133", "c": "24175", "d": "24175", "e": "24000"}
RECEIVERS = st.sampled_from(("desk", "bus", "chief"))
SECONDS = st.sampled_from((1, 15, 70, 301, 1200, 5 * 3600))


@dataclass
class Heard:
    """What a receiver has of one incident."""

    keys: list[str] = field(default_factory=list)
    raises: int = 0
    resolves: int = 0
    maybe: bool = False


class Sequences(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.steps: list[tuple[IncidentRecord, Action]] = []
        self.records: dict[str, IncidentRecord] = {}
        self.mutes: list[Mute] = []
        self.acknowledged: dict[str, float | None] = {}
        self.escalated: dict[str, int] = {}
        self.disk = list[LogLine]()
        self.saved: bytes | None = None
        self.saved_steps = 0
        self.under_way: dict[str, Dispatch] = {}
        self.heard: dict[tuple[str, str], Heard] = {}
        self.counted = 0
        self.ledger = Ledger(ROUTES, NotifyState(), Random(1))

    # -- what happens ----------------------------------------------------------------

    def _take(self, name: str, record: IncidentRecord, action: Action) -> None:
        self.records[name] = record
        self.steps.append((record, action))
        self.ledger.take(record, action, self.now)

    @rule(name=NAMES, severity=st.sampled_from((Severity.MAJOR, Severity.CRITICAL)))
    def begins(self, name: str, severity: Severity) -> None:
        self.counted += 1
        current = self.records.get(name)
        if current is not None and current.status is Status.OPEN:
            return
        incident = f"{name}{self.counted}"
        record = make_record(incident, severity=severity, communes=(COMMUNES[name],))
        self._take(name, record, Action.OPEN)

    @rule(name=NAMES, severity=st.sampled_from(list(Severity)), links=st.sampled_from((0, 1, 2)))
    def changes(self, name: str, severity: Severity, links: int) -> None:
        current = self.records.get(name)
        if current is None or current.status is not Status.OPEN:
            return
        names = tuple(f"l-{number}" for number in range(links))
        record = step(current, severity=severity, links=names)
        self._take(name, record, Action.UPDATE)

    @rule(name=NAMES)
    def ends(self, name: str) -> None:
        current = self.records.get(name)
        if current is None or current.status is not Status.OPEN:
            return
        record = clear(current, self.now)
        self._take(name, record, Action.CLEAR)

    @rule(seconds=SECONDS)
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(
        commune=st.sampled_from(sorted(set(COMMUNES.values()))),
        seconds=SECONDS,
        until=st.sampled_from((60, 900, 86400)),
    )
    def people_mute(self, commune: str, seconds: float, until: float) -> None:
        begin = self.now + seconds - 1
        self.mutes = [make_mute(f"commune={commune}", begin, begin + until)]
        self.ledger.set_mutes(self.mutes)

    @rule()
    def people_unmute(self) -> None:
        self.mutes = []
        self.ledger.set_mutes([])

    @rule(name=NAMES, until=st.sampled_from((60, 7200, None)))
    def people_acknowledge(self, name: str, until: float) -> None:
        if record := self.records.get(name):
            self.acknowledged[record.incident] = None if until is None else self.now + until
            self.ledger.set_acknowledged(self.acknowledged)

    @rule(name=NAMES)
    def people_escalate(self, name: str) -> None:
        if record := self.records.get(name):
            self.escalated[record.incident] = self.escalated.get(record.incident, 0) + 1
            self.ledger.set_escalated(self.escalated)

    # -- what is sent ----------------------------------------------------------------

    @rule()
    def looks(self) -> None:
        for dispatch in self.ledger.due(self.now):
            assert dispatch.receiver not in self.under_way
            for notice in dispatch.notices:
                muted = any(mute.covers(notice.record, self.now) for mute in self.mutes)
                assert notice.telling is Telling.RESOLVE or not muted
            self.disk += self.ledger.begin(dispatch, self.now)
            self.under_way[dispatch.receiver] = dispatch

    @rule(receiver=RECEIVERS)
    def accepts(self, receiver: str) -> None:
        if dispatch := self.under_way.pop(receiver, None):
            self._hear(dispatch)
            self.disk += self.ledger.sent(dispatch, self.now)

    @rule(receiver=RECEIVERS, uncertain=st.booleans())
    def refuses(self, receiver: str, uncertain: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        if dispatch := self.under_way.pop(receiver, None):
            if uncertain:
                self._hear_maybe(dispatch)
            self.disk += self.ledger.failed(dispatch, self.now, "no", uncertain=uncertain)

    def _hear(self, dispatch: Dispatch) -> None:
        for notice in dispatch.notices:
            heard = self.heard.setdefault((dispatch.receiver, notice.record.incident), Heard())
            assert notice.key not in heard.keys
            heard.keys.append(notice.key)
            if notice.telling is Telling.RAISE:
                assert heard.resolves == heard.raises == 0
                heard.raises += 1
            elif notice.telling is Telling.RESOLVE:
                assert heard.raises or heard.maybe
                assert not heard.resolves
                heard.resolves += 1
            else:
                assert heard.raises == 1
                assert not heard.resolves

    def _hear_maybe(self, dispatch: Dispatch) -> None:
        for notice in dispatch.notices:
            if notice.telling is Telling.RAISE:
                key = (dispatch.receiver, notice.record.incident)
                self.heard.setdefault(key, Heard()).maybe = True

    # -- restarts --------------------------------------------------------------------

    @rule()
    def saves(self) -> None:
        self.saved, self.saved_steps = dump_plain(self.ledger.state), len(self.steps)

    @rule(torn=st.booleans())
    def is_killed(self, torn: bool) -> None:  # noqa: FBT001 - hypothesis passes it by name
        for dispatch in self.under_way.values():
            self._hear_maybe(dispatch)
        self.under_way = {}
        if torn:
            self.saved, self.saved_steps = None, 0
        state = load_plain(NotifyState, self.saved) if self.saved else NotifyState()
        self.ledger = Ledger(ROUTES, state, Random(2))
        self.ledger.recall(self.disk)
        self.ledger.set_mutes(self.mutes)
        self.ledger.set_acknowledged(self.acknowledged)
        self.ledger.set_escalated(self.escalated)
        for record, action in self.steps[self.saved_steps :]:
            self.ledger.take(record, action, self.now)

    # -- what must be so ----------------------------------------------------------------

    @invariant()
    def who_is_tried_is_tried_once_at_a_time(self) -> None:
        assert self.ledger.state.logged == len(self.disk)

    def teardown(self) -> None:
        """Let everything end: then every raise that arrived has one resolve."""
        self.ledger.set_mutes([])
        self.mutes = []
        for receiver in list(self.under_way):
            self.accepts(receiver)
        for name in list(self.records):
            self.ends(name)
        for _ in range(20):
            self.now += 3600
            self.looks()
            for receiver in list(self.under_way):
                self.accepts(receiver)
        assert self.ledger.due(self.now + 1) == []
        for (receiver, incident), heard in self.heard.items():
            known = heard.raises or heard.maybe
            assert heard.resolves == bool(known), (receiver, incident)


TestSequences = Sequences.TestCase
TestSequences.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
