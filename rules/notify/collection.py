"""What one receiver is to be told: notices in their groups, groups in messages, or a digest."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from rules.incidents.record import IncidentRecord, Status
from rules.notify.matching import rank
from rules.notify.model import Dispatch, Notice, Outcome, Result, Summary, Telling, key_of
from rules.notify.receivers import Receiver
from rules.notify.routes import Route
from rules.notify.standing import digest_due_at, messages_lately
from rules.notify.state import NotifyState, Thread
from rules.notify.wants import NEVER, Circumstances, Want, decide, make_notice

_RANKED: Final = 20
"""Incidents that a digest names."""
_LOOK_AT: Final = 64
"""Groups that are looked at for one message, where each goes by itself and there is no digest."""


class Collection:
    """The notices of one receiver.

    Args:
        name: of the receiver.
        receiver: what is set about it.
        state: of the ledger.
        route_of: gives the route at a path.
        acknowledged_until: gives until when somebody has taken an incident on.
        limit: most notices of a message that bundles groups.
    """

    def __init__(
        self,
        name: str,
        receiver: Receiver,
        state: NotifyState,
        route_of: Callable[[str], Route],
        acknowledged_until: Callable[[str], float],
        limit: int,
    ) -> None:
        self._name = name
        self._receiver = receiver
        self._state = state
        self._threads = state.threads[name]
        self._standing = state.standings[name]
        self._route_of = route_of
        self._acknowledged_until = acknowledged_until
        self._limit = limit
        self._groups: dict[str, set[str]] = {}
        self._look_at: dict[str, float] = {}
        self._withheld: list[Result] = []
        self.touch_all()

    def touch(self, incident: str) -> None:
        """Look at an incident again."""
        if thread := self._threads.get(incident):
            self._groups.setdefault(thread.group, set()).add(incident)
            self._look_at[thread.group] = 0

    def touch_all(self) -> None:
        """Look at every incident again."""
        self._groups, self._look_at = {}, {}
        for incident in self._threads:
            self.touch(incident)

    def drain_withheld(self) -> list[Result]:
        """Return what was withheld since the last call, each once."""
        withheld, self._withheld = self._withheld, []
        return withheld

    def next(self, now: float) -> Dispatch | None:
        """Return the message that is to go now; None if none is."""
        digest, lately = self._receiver.digest, 0
        if digest is not None:
            lately = messages_lately(self._standing, digest, now)
            if lately > digest.above and now < digest_due_at(self._standing, digest):
                return None
        ready = self._ready(now)
        if not ready:
            return None
        if digest is not None and lately + len(ready) > digest.above:
            if now < digest_due_at(self._standing, digest):
                return None
            return self._digest(ready, now)
        if self._receiver.bundles:
            return self._dispatch(dict(self._up_to_limit(ready)), now)
        worst = min(ready, key=lambda group: _order(ready[group][0], now))
        return self._dispatch({worst: ready[worst]}, now)

    def _ready(self, now: float) -> dict[str, list[Notice]]:
        """Return the notices of the groups that are to be told now.

        What was given up comes once nothing else is ready: that way a receiver that is back hears
        of it, and what it alone refuses holds up nothing else.
        """
        ready: dict[str, list[Notice]] = {}
        late: dict[str, list[Notice]] = {}
        single = self._receiver.digest is None and not self._receiver.bundles
        for group, at in self._look_at.items():
            if at <= now and (notices := self._look(group, now)):
                into = late if all(map(self._given_up, notices)) else ready
                into[group] = sorted(notices, key=lambda notice: _order(notice, now))
                if single and len(ready) == _LOOK_AT:
                    break
        return ready or late

    def _given_up(self, notice: Notice) -> bool:
        return self._threads[notice.record.incident].given_up == notice.key

    def _look(self, group: str, now: float) -> list[Notice]:
        """Return a group's notices; none before the first of them is ready."""
        found: list[Notice] = []
        next_at = NEVER
        for incident in sorted(self._groups[group]):
            thread, followed = self._threads.get(incident), self._state.incidents.get(incident)
            if thread is None or followed is None:
                continue
            want = self._want(thread, followed.record, now)
            next_at = min(next_at, want.ready_at)
            if want.telling is None:
                continue
            # Whoever is about to begin or end goes with the others; news of the rest waits.
            if want.ready_at <= now or want.telling in {Telling.RAISE, Telling.RESOLVE}:
                found.append(make_notice(self._name, thread, followed.record, want.telling))
        self._look_at[group] = next_at
        return found if next_at <= now else []

    def _want(self, thread: Thread, record: IncidentRecord, now: float) -> Want:
        around = Circumstances(
            self._route_of(thread.route),
            self._standing.flushed.get(thread.group),
            self._acknowledged_until(record.incident),
            self._state.mutes,
        )
        want = decide(thread, record, around, now)
        if want.withheld and want.withheld != thread.withheld:
            thread.withheld = want.withheld
            self._note_withheld(thread, record, want.withheld, now)
        return want

    def _note_withheld(
        self, thread: Thread, record: IncidentRecord, reason: str, now: float
    ) -> None:
        telling = Telling.UPDATE if thread.raised else Telling.RAISE
        key = key_of("withheld", self._name, record.incident, thread.round, telling, reason)
        incidents = (record.incident,)
        self._withheld.append(
            Result(key, incidents, self._name, telling, Outcome.WITHHELD, now, error=reason)
        )

    def _up_to_limit(self, ready: dict[str, list[Notice]]) -> Iterator[tuple[str, list[Notice]]]:
        count = 0
        for group, notices in ready.items():
            if count and count + len(notices) > self._limit:
                return
            count += len(notices)
            yield group, notices

    def _dispatch(self, ready: dict[str, list[Notice]], now: float) -> Dispatch:
        notices = [notice for group in ready.values() for notice in group]
        keys = sorted(notice.key for notice in notices)
        thread = self._threads[notices[0].record.incident]
        return Dispatch(
            key=keys[0] if len(keys) == 1 else key_of(self._name, *keys),
            receiver=self._name,
            language=self._receiver.language or thread.language,
            notices=tuple(notices),
            at=now,
            attempt=self._standing.failures + 1,
            groups=tuple(ready),
        )

    def _digest(self, ready: dict[str, list[Notice]], now: float) -> Dispatch:
        whole = self._dispatch(ready, now)
        notices = sorted(whole.notices, key=lambda notice: _order(notice, now))
        told = {notice.record.incident for notice in notices}
        records = [
            followed.record
            for name, thread in self._threads.items()
            if (thread.raised or name in told)
            and (followed := self._state.incidents.get(name)) is not None
            and followed.record.status is Status.OPEN
        ]
        summary = _summarise(records, now)
        key = key_of("digest", whole.key)
        return replace(whole, key=key, notices=tuple(notices), summary=summary)


def _summarise(records: list[IncidentRecord], now: float) -> Summary:
    ranking = heapq.nlargest(
        _RANKED, records, key=lambda record: (record.household_minutes(now), record.incident)
    )
    dark: dict[str, float] = {}
    for impact in (each for record in records for each in record.impacts if each.until is None):
        # A village that two incidents impair is counted once, as the worse of them has it.
        without = impact.households * impact.share
        dark[impact.village] = max(without, dark.get(impact.village, 0.0))
    return Summary(tuple(ranking), len(records), len(dark), round(sum(dark.values())))


def _order(notice: Notice, now: float) -> tuple[int, float, str]:
    record = notice.record
    return rank(record.severity), -record.household_minutes(now), record.incident
