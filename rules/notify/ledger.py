"""The ledger: who is to be told what and when, and who was told; pure, without a clock or I/O.

A thread is one incident at one receiver. Whoever runs the ledger asks what is due, begins it,
sends it, and says how that went. At most one message is under way to each receiver, so a raise is
never overtaken by its resolve, and a receiver that is down holds up nobody but itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Final

from rules.incidents.mutes import Mute
from rules.incidents.record import IncidentRecord, Status
from rules.model import Action, Severity
from rules.notify.collection import Collection
from rules.notify.lines import LogLine, Step, lines_of
from rules.notify.matching import rank
from rules.notify.model import Dispatch, Outcome, Result, Telling, key_of
from rules.notify.routes import Route, Routes
from rules.notify.standing import note_failure, note_success
from rules.notify.state import Followed, NotifyState, Standing, Thread
from rules.notify.threads import Threads

_KEEP_SECONDS: Final = 24 * 3600
"""What is over is remembered for so long: until then a replay may bring it up again."""
_PRUNE_EVERY: Final = 600.0


class Ledger:
    """Decides about notices.

    Args:
        routes: who is told of what.
        state: to go on from; changed in place.
        random: spreads retries.
        limit: most notices of a message that bundles groups.
    """

    def __init__(
        self, routes: Routes, state: NotifyState, random: Random, limit: int = 500
    ) -> None:
        self.state = state
        self._routes = routes
        self._random = random
        for name in routes.receivers:
            state.standings.setdefault(name, Standing())
            state.threads.setdefault(name, {})
        by_path = routes.by_path()

        def route_of(path: str) -> Route:
            return by_path.get(path, routes.root)

        self._threads = Threads(routes, state)
        self._collections = {
            name: Collection(
                name, receiver, state, route_of, self._threads.acknowledged_until, limit
            )
            for name, receiver in routes.receivers.items()
        }
        self._under_way: dict[str, Dispatch] = {}
        self._before: dict[str, dict[str, bool]] = {}
        self._results: list[Result] = []
        self._pruned_at = 0.0

    # -- what happens ----------------------------------------------------------------

    def take(self, record: IncidentRecord, action: Action, now: float) -> None:
        """Take an incident's step; one that is known already, or older, changes nothing."""
        state, name = self.state, record.incident
        known = state.incidents.get(name)
        if known is not None and record.revision <= known.record.revision:
            return
        over = action is Action.CLEAR or record.status is Status.CLEARED
        told = [each[name] for each in state.threads.values() if name in each]
        if known is None and over and not told:
            return
        state.incidents[name] = replace(known, record=record) if known else Followed(record, now)
        grew = known is None or rank(record.severity) < rank(known.record.severity)
        for thread in told:
            _follow_step(thread, record, now, grew=grew)
        if over:
            self._note_untold(record, now)
        else:
            self._threads.follow(name, now)
        for collection in self._collections.values():
            collection.touch(name)

    def set_mutes(self, mutes: Iterable[Mute]) -> None:
        """Replace the mutes: what they cover is withheld from now on, and nothing else."""
        self.state.mutes = list(mutes)
        self._look_again()

    def set_acknowledged(self, acknowledged: Mapping[str, float | None]) -> None:
        """Replace what is acknowledged: until when, by incident; None for without end."""
        self.state.acknowledged = dict(acknowledged)
        self._look_again()

    def set_escalated(self, escalated: Mapping[str, int]) -> None:
        """Replace how often people called for more attention, by incident: each takes a step."""
        self.state.escalated = dict(escalated)
        self._look_again()

    def recall(self, lines: Iterable[LogLine]) -> None:
        """Take what the notification log says beyond the state."""
        for line in lines:
            if line.number > self.state.logged:
                self.state.logged = line.number
                threads = self.state.threads.setdefault(line.receiver, {})
                line.apply(threads.setdefault(line.incident, Thread()))
                line.apply_to_standing(self.state.standings.setdefault(line.receiver, Standing()))
        self._look_again()

    # -- what is due -----------------------------------------------------------------

    def due(self, now: float) -> list[Dispatch]:
        """Return what is to be sent now, at most one message a receiver.

        Each must be begun, sent, and then answered with `sent` or `failed`.
        """
        if self._threads.hours_changed(now):
            self._look_again()
        for incident in self._threads.escalate(now):
            for collection in self._collections.values():
                collection.touch(incident)
        self._results += self._threads.drain_results()
        self._prune(now)
        found = []
        for name, collection in self._collections.items():
            if name in self._under_way or self.state.standings[name].retry_at > now:
                continue
            dispatch = collection.next(now)
            self._results += collection.drain_withheld()
            if dispatch is not None:
                self._under_way[name] = dispatch
                found.append(dispatch)
        return found

    def begin(self, dispatch: Dispatch, now: float) -> list[LogLine]:
        """Note that a message goes out; return lines to be logged before it does."""
        threads = self.state.threads[dispatch.receiver]
        incidents = _incidents(dispatch)
        self._before[dispatch.receiver] = {name: threads[name].uncertain for name in incidents}
        # From here on the receiver may know, even if nobody lives to see the answer.
        maybe = dict.fromkeys(incidents, True)
        return self._write(dispatch, Step.BEGUN, now, maybe)

    def sent(self, dispatch: Dispatch, now: float) -> list[LogLine]:
        """Note that a message was accepted; return lines to be logged."""
        lines = self._write(dispatch, Step.SENT, now, {})
        note_success(self.state.standings[dispatch.receiver])
        self._finish(dispatch, Outcome.SENT, now)
        return lines

    def failed(
        self,
        dispatch: Dispatch,
        now: float,
        error: str,
        *,
        uncertain: bool = False,
        retry_after: timedelta | None = None,
    ) -> list[LogLine]:
        """Note that a message was not accepted; return lines to be logged.

        Args:
            dispatch: the message.
            now: when that was known.
            error: what went wrong; no secret.
            uncertain: it may have arrived all the same.
            retry_after: the receiver asked to be left alone for so long.
        """
        name = dispatch.receiver
        receiver, standing = self._routes.receivers[name], self.state.standings[name]
        note_failure(standing, receiver, now, error, retry_after, self._random)
        before = self._before.pop(name, {})
        maybe = {each: uncertain or before.get(each, False) for each in _incidents(dispatch)}
        lines = self._write(dispatch, Step.FAILED, now, maybe)
        latest = now - receiver.give_up.total_seconds()
        gone = False
        for notice in dispatch.notices:
            thread = self.state.threads[name][notice.record.incident]
            late = max(standing.failing_since, thread.wanted_since) <= latest
            if late and thread.given_up != notice.key:
                thread.given_up, gone = notice.key, True
        self._finish(dispatch, Outcome.GIVEN_UP if gone else Outcome.FAILED, now, error)
        return lines

    # -- what is so --------------------------------------------------------------------

    def drain_results(self) -> list[Result]:
        """Return what became of messages since the last call."""
        results, self._results = self._results, []
        return results

    def told_open(self, receiver: str) -> list[IncidentRecord]:
        """Return the open incidents that a receiver knows of, with the severity that it knows."""
        return [
            replace(followed.record, severity=Severity(thread.severity))
            for name, thread in self.state.threads[receiver].items()
            if thread.raised
            and not thread.resolved
            and (followed := self.state.incidents.get(name)) is not None
            and followed.record.status is Status.OPEN
        ]

    def failing(self) -> dict[str, str]:
        """Return the receivers that did not take the last message, and why."""
        standings = self.state.standings
        return {
            name: standings[name].error for name in self._collections if standings[name].failures
        }

    # -- inside ------------------------------------------------------------------------

    def _write(
        self, dispatch: Dispatch, step: Step, now: float, uncertain: Mapping[str, bool]
    ) -> list[LogLine]:
        threads = self.state.threads[dispatch.receiver]
        lines = lines_of(dispatch, threads, step, now, self.state.logged, uncertain)
        self.state.logged += len(lines)
        for line in lines:
            line.apply(threads[line.incident])
            line.apply_to_standing(self.state.standings[dispatch.receiver])
        return lines

    def _finish(self, dispatch: Dispatch, outcome: Outcome, now: float, error: str = "") -> None:
        del self._under_way[dispatch.receiver]
        collection = self._collections[dispatch.receiver]
        for incident in _incidents(dispatch):
            collection.touch(incident)
        self._results.append(
            Result(
                dispatch.key,
                tuple(_incidents(dispatch)),
                dispatch.receiver,
                dispatch.action,
                outcome,
                now,
                dispatch.attempt,
                error,
            )
        )

    def _note_untold(self, record: IncidentRecord, now: float) -> None:
        for receiver, threads in self.state.threads.items():
            thread = threads.get(record.incident)
            if thread is None or thread.owed or thread.resolved:
                continue
            reason = "over before it was told"
            key = key_of("withheld", receiver, record.incident, thread.round, reason)
            incidents = (record.incident,)
            self._results.append(
                Result(key, incidents, receiver, Telling.RAISE, Outcome.WITHHELD, now, error=reason)
            )

    def _look_again(self) -> None:
        self._threads.look_again()
        for collection in self._collections.values():
            collection.touch_all()

    def _prune(self, now: float) -> None:
        if now < self._pruned_at + _PRUNE_EVERY:
            return
        self._pruned_at = now
        over = [
            name
            for name, followed in self.state.incidents.items()
            if followed.record.status is Status.CLEARED
            and followed.record.changed_at < now - _KEEP_SECONDS
            and not any(
                thread.owed and not thread.given_up
                for receiver in self._collections
                if (thread := self.state.threads[receiver].get(name))
            )
        ]
        for name in over:
            self._threads.forget(name)
        if over:
            self._look_again()


def _incidents(dispatch: Dispatch) -> list[str]:
    return [notice.record.incident for notice in dispatch.notices]


def _follow_step(thread: Thread, record: IncidentRecord, now: float, *, grew: bool) -> None:
    """Let a thread know of its incident's step."""
    if grew:
        thread.given_up = ""
    if thread.resolved and record.status is Status.OPEN and record.revision > thread.revision:
        thread.round += 1
        thread.raised = thread.uncertain = thread.resolved = False
        thread.wanted_since, thread.repeats = now, 0
        thread.given_up = thread.withheld = ""
