"""Which threads there are: by the routes an incident takes, by the hour, and by escalation."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from rules.incidents.record import Status
from rules.notify.model import Outcome, Result, Telling, key_of
from rules.notify.routes import Route, Routes
from rules.notify.state import Followed, NotifyState, Thread
from rules.notify.wants import NEVER, withheld


@dataclass(frozen=True, slots=True)
class _Call:
    """A step of escalation that was not taken yet; seconds.

    Attributes:
        since: from when `after` counts.
    """

    route: Route
    to: str
    since: float
    after: float


class Threads:
    """Makes and drops threads in the ledger's state.

    Args:
        routes: who is told of what.
        state: of the ledger.
    """

    def __init__(self, routes: Routes, state: NotifyState) -> None:
        self._routes = routes
        self._state = state
        self._by_path = routes.by_path()
        self._active: frozenset[str] | None = None
        self._look_at = 0.0
        self._results: list[Result] = []

    def follow(self, incident: str, now: float, *, handed_over: bool = False) -> None:
        """Have an incident's threads be those of the routes that it takes now.

        A receiver that was told stays, wherever the routes lead by now: it hears of the end.

        Args:
            incident: its name.
            now: seconds since 1970.
            handed_over: others are in charge from now on: they have as long as their routes say
                before anybody else is called.
        """
        followed = self._state.incidents[incident]
        taken = self._routes.find(followed.record, now)
        since = now if handed_over else followed.since
        followed.taken = {each.path: followed.taken.get(each.path, since) for each in taken}
        routed: dict[str, Route] = {}
        for route in taken:
            for receiver in route.receivers:
                routed.setdefault(receiver, route)
        for receiver, route in routed.items():
            self._join(receiver, route, followed, now)
        for receiver, threads in self._state.threads.items():
            thread = threads.get(incident)
            stays = receiver in routed or thread is None or thread.escalated or thread.resolved
            if not stays and thread is not None and not thread.owed:
                del threads[incident]
        self._look_at = 0.0

    def hours_changed(self, now: float) -> bool:
        """Note who is in charge at this hour; tell whether these are others than before."""
        active = self._routes.active(now)
        if active == self._active:
            return False
        self._active = active
        for followed in self._state.incidents.values():
            followed.handed_over = True
        self._look_at = 0.0
        return True

    def escalate(self, now: float) -> list[str]:
        """Bring in who is in charge by now, or next where nobody took an incident on in time.

        Returns:
            The incidents.
        """
        if now < self._look_at:
            return []
        found = []
        self._look_at = NEVER
        for name, followed in self._state.incidents.items():
            if followed.handed_over and self._is_free(name, followed, now):
                found.append(name)
                followed.handed_over = False
                self.follow(name, now, handed_over=True)
            if followed.record.status is Status.OPEN and self._answer(name, followed, now):
                found.append(name)
            due_at, call = self._next_call(name, followed, now)
            if call is not None and due_at <= now:
                found.append(name)
                due_at = 0.0
                self._take(call, followed, now)
            self._look_at = min(self._look_at, due_at)
        return found

    def drain_results(self) -> list[Result]:
        """Return which calls for more attention reached nobody since the last look."""
        results, self._results = self._results, []
        return results

    def look_again(self) -> None:
        """Look at every escalation anew: people changed something."""
        self._look_at = 0.0

    def forget(self, incident: str) -> None:
        """Drop an incident that is over for long."""
        del self._state.incidents[incident]
        for threads in self._state.threads.values():
            threads.pop(incident, None)

    def acknowledged_until(self, incident: str) -> float:
        """Return until when somebody has taken an incident on; 0 if nobody has."""
        if incident not in self._state.acknowledged:
            return 0.0
        until = self._state.acknowledged[incident]
        return NEVER if until is None else until

    def _join(
        self,
        receiver: str,
        route: Route,
        followed: Followed,
        now: float,
        *,
        escalated: bool = False,
    ) -> None:
        threads, record = self._state.threads[receiver], followed.record
        thread = threads.setdefault(record.incident, Thread(escalated=escalated))
        if not thread.route:
            thread.route, thread.language = route.path, route.language
            thread.group = route.group_of(record)
            thread.wanted_since = now

    def _next_call(self, name: str, followed: Followed, now: float) -> tuple[float, _Call | None]:
        """Return who is to be called next, and when; without whom, when to look again."""
        if followed.record.status is not Status.OPEN:
            return NEVER, None
        reason, until = withheld(followed.record, self._state.mutes, now)
        if reason:
            followed.quiet = True
            return until, None
        if followed.quiet:
            _begin_anew(followed, now)
        routes = [self._by_path.get(path, self._routes.root) for path in followed.taken]
        had_until = self.acknowledged_until(name)
        if followed.handed_over:
            return had_until, None
        due = [
            (max(call.since, had_until) + call.after, call)
            for call in self._calls(followed, routes)
        ]
        at, call = min(due, key=itemgetter(0), default=(NEVER, None))
        mutes = (each.starts_at for each in self._state.mutes if each.matches(followed.record))
        return min((at, *(begin for begin in mutes if begin > now))), call

    def _is_free(self, name: str, followed: Followed, now: float) -> bool:
        return followed.record.status is Status.OPEN and self.acknowledged_until(name) <= now

    def _answer(self, name: str, followed: Followed, now: float) -> bool:
        """Take a step at once for each time that people called for more attention.

        Somebody may have the incident: whoever calls wants more than that. Receivers that are
        told already are passed over.
        """
        calls = self._state.escalated.get(name, 0)
        if calls <= followed.answered:
            return False
        # The notification log may know of an answer that the state does not.
        told = (each[name].answers for each in self._state.threads.values() if name in each)
        for number in range(max(followed.answered, *told, 0) + 1, calls + 1):
            if not self._call_new(name, followed, number, now):
                key = key_of("nobody", name, number)
                said = "nobody is left to call"
                self._results.append(
                    Result(key, (name,), "", Telling.RAISE, Outcome.WITHHELD, now, error=said)
                )
        followed.answered = calls
        return True

    def _call_new(self, name: str, followed: Followed, number: int, now: float) -> bool:
        calls = self._calls(followed, self._routes.find(followed.record, now))
        for call in sorted(calls, key=lambda call: call.since + call.after):
            is_new = name not in self._state.threads[call.to]
            self._take(call, followed, now)
            if is_new:
                self._state.threads[call.to][name].answers = number
                return True
        return False

    def _take(self, call: _Call, followed: Followed, now: float) -> None:
        followed.called.append((call.route.path, call.to))
        self._join(call.to, call.route, followed, now, escalated=True)

    def _calls(self, followed: Followed, routes: Iterable[Route]) -> Iterator[_Call]:
        """Yield the steps of routes that were not taken yet."""
        for route in routes:
            since = followed.taken.get(route.path, followed.since)
            for step in route.escalate:
                if (route.path, step.to) not in followed.called:
                    yield _Call(route, step.to, since, step.after.total_seconds())


def _begin_anew(followed: Followed, now: float) -> None:
    """Count from now on: before, those who are told first could not be told either."""
    followed.quiet, followed.since = False, now
    followed.taken = dict.fromkeys(followed.taken, now)
