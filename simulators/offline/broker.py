"""The modelled broker: it goes down and comes up, and its clients with it."""

from random import Random
from typing import Final, Literal

from simulators.milliseconds import SECOND
from simulators.offline.log import EventLog
from simulators.offline.session import ModelledSession
from simulators.world.schedule import Schedule

Fall = Literal["restart", "crash", "half"]

_WILLS_WITHIN: Final = 2 * SECOND
_FAIL_OVER: Final = 30 * SECOND


class ModelledBroker:
    """The sessions of all devices, and the watcher's own.

    Args:
        log: what it delivers.
        schedule: when things happen.
        random: which sessions a dying node had.

    Attributes:
        sessions: of all devices.
    """

    def __init__(self, log: EventLog, schedule: Schedule, random: Random) -> None:
        self.sessions: list[ModelledSession] = []
        self._log = log
        self._schedule = schedule
        self._random = random
        self._epoch = 1

    def start(self, at: int) -> None:
        """Say that the watcher is connected."""
        self._log.say(at, "broker", state="up", epoch=self._epoch)

    def fall(self, at: int, how: Fall) -> None:
        """Go down; of one half of the sessions only, if one of two nodes dies."""
        if how == "half":
            for session in self.sessions:
                if self._random.random() < 0.5:  # noqa: PLR2004 - a half
                    due = at + round(self._random.random() * _WILLS_WITHIN)
                    self._schedule.plan(due, self._node_down, session)
            return
        self._log.say(at, "broker", state="down", epoch=self._epoch)
        for session in self.sessions:
            session.lose_broker(at)

    def rise(self, at: int, how: Fall) -> None:
        """Come up again."""
        if how == "half":
            return
        self._epoch += 1
        self._log.say(at, "broker", state="up", epoch=self._epoch)
        for session in self.sessions:
            session.regain_broker(at)

    def _node_down(self, at: int, session: ModelledSession) -> None:
        session.drop(at, "node_down")
        session.reconnect(at, _FAIL_OVER)
