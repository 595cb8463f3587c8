"""Which threads there are: by the routes an incident takes, by the hour, and by escalation."""

from rules.incidents.record import Status
from rules.notify.routes import Escalation, Route, Routes
from rules.notify.state import Followed, NotifyState, Thread
from rules.notify.wants import NEVER


class Threads:
    """Makes and drops threads in the ledger's state.

    Args:
        routes: who is told of what.
        state: of the ledger.
    """

    def __init__(self, routes: Routes, state: NotifyState) -> None:
        self._routes = routes
        self._state = state
        self._active: frozenset[str] | None = None
        self._steps: dict[str, tuple[Escalation, ...]] = {}
        self._escalate_at = 0.0

    def follow(self, incident: str, now: float) -> None:
        """Have an incident's threads be those of the routes that it takes now.

        A receiver that was told stays, wherever the routes lead by now: it hears of the end.
        """
        followed = self._state.incidents[incident]
        taken = self._routes.find(followed.record, now)
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
        steps = {step for route in taken for step in route.escalate}
        self._steps[incident] = tuple(sorted(steps, key=lambda step: (step.after, step.to)))
        self._escalate_at = 0.0

    def hours_changed(self, now: float) -> bool:
        """Have those who are in charge at this hour be told of what nobody has taken on."""
        active = self._routes.active(now)
        if active == self._active:
            return False
        first, self._active = self._active is None, active
        for name, followed in self._state.incidents.items():
            if followed.record.status is not Status.OPEN:
                continue
            if first or self.acknowledged_until(name) <= now:
                self.follow(name, now)
        return True

    def escalate(self, now: float) -> list[str]:
        """Bring in who is next where nobody took an incident on in time; return the incidents."""
        if now < self._escalate_at:
            return []
        found = []
        self._escalate_at = NEVER
        for name, followed in self._state.incidents.items():
            due_at = self._next_step_at(name, followed, now)
            if due_at <= now:
                found.append(name)
                self._escalate_at = 0.0
                step = self._steps[name][followed.steps]
                followed.steps += 1
                route = self._routes.find(followed.record, now)[0]
                self._join(step.to, route, followed, now, escalated=True)
            self._escalate_at = min(self._escalate_at, due_at)
        return found

    def look_again(self) -> None:
        """Look at every escalation anew: people changed something."""
        self._escalate_at = 0.0

    def forget(self, incident: str) -> None:
        """Drop an incident that is over for long."""
        del self._state.incidents[incident]
        self._steps.pop(incident, None)
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

    def _next_step_at(self, name: str, followed: Followed, now: float) -> float:
        record = followed.record
        steps = self._steps.get(name, ())[followed.steps :]
        if not steps or record.status is not Status.OPEN or record.planned or not record.notified:
            return NEVER
        since = max(followed.since, self.acknowledged_until(name))
        for mute in self._state.mutes:
            if mute.covers(record, now):
                return max(mute.over_at, now + 1)
        return since + steps[0].after.total_seconds()
