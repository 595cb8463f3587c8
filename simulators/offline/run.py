"""An offline run: a scenario from its first to its last millisecond, as fast as it goes."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import BinaryIO, Final, TextIO

from simulators.device import SimulatedDevice
from simulators.milliseconds import SECOND, milliseconds, stamp
from simulators.offline.broker import ModelledBroker
from simulators.offline.log import EventLog
from simulators.offline.pipeline import ModelledPipeline
from simulators.offline.session import ModelledSession
from simulators.world.clock import DeviceClock
from simulators.world.production import Play, Production

_STRIDE: Final = 60 * SECOND
"""How far a run goes between two looks at its progress."""

Progress = Callable[[float, int], None]
"""Hears how much of a run is done, from 0 to 1, and how many lines were written."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run wrote.

    Attributes:
        lines: of the event log.
        sha256: of the event log.
    """

    lines: int
    sha256: str


def run_offline(
    chosen: Play,
    events: Sequence[BinaryIO],
    second: Callable[[], Sequence[BinaryIO]] = tuple,
    truth: TextIO | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Run a scenario; return what was written.

    Args:
        chosen: what to run.
        events: where the event log goes; several get the same.
        second: opens where it goes once the watcher is restarted.
        truth: where the truth log goes.
        progress: hears how far the run is.

    Raises:
        TargetError: the province has nothing that a fault could hit.
        OSError: an output cannot be written.
    """
    production = Production(chosen)
    schedule = production.schedule
    log = EventLog(events, schedule, Random(f"{production.seed} delivery"))
    log.header(production.start)
    broker = ModelledBroker(log, schedule, Random(f"{production.seed} broker"))
    broker.start(production.start)
    keepalive = milliseconds(chosen.scenario.conditions.interval)

    def make_session(
        device: SimulatedDevice, clock: DeviceClock, random: Random
    ) -> ModelledSession:
        session = ModelledSession(device, clock, keepalive, log, schedule, random)
        broker.sessions.append(session)
        return session

    production.begin(make_session, lambda: ModelledPipeline(broker, log, second))
    for until in range(production.start + _STRIDE, production.end + _STRIDE, _STRIDE):
        schedule.run(min(until, production.end))
        if progress is not None:
            done = (schedule.now - production.start) / (production.end - production.start)
            progress(done, log.lines)
    log.say(production.end, "end")
    outcome = Outcome(log.lines, log.sha256)
    if truth is not None:
        truth.writelines(f"{json.dumps(line)}\n" for line in production.truth(stamp))
        written = {"kind": "events", "sha256": outcome.sha256, "lines": outcome.lines}
        truth.write(f"{json.dumps(written)}\n")
    return outcome
