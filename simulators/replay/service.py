"""The replay's service: sends a recording's rows in time, each until confirmed."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from province.instants import format_instant
from province.topics import Channel, Topic
from runtime.broker.address import BrokerAddress
from runtime.clock import Clock
from runtime.logs import get_logger
from runtime.shutdown import ShutdownStep, shut_down
from simulators.confirmations import Confirmations
from simulators.connection import ConnectionOptions
from simulators.ledger import Ledger
from simulators.outgoing import Outgoing, ReportKey, encode
from simulators.presence import Presence
from simulators.publisher import Publisher, PublisherOptions, Surroundings
from simulators.replay.recording import Recording, Row
from simulators.replay.schedule import Schedule, make_schedule
from simulators.tally import Tally

log = get_logger(__name__)

_WINDOW: Final = 100
_BACKLOG: Final = 400
_LEAVE: Final = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What to replay, as whom, and how fast.

    Attributes:
        telemetry: the sensor's telemetry topic.
        speed: how many recorded seconds go by in one; 0 is as fast as confirmed.
        shifted: claim times up to now instead of the recorded ones.
    """

    telemetry: Topic
    speed: float = 0.0
    shifted: bool = False
    connection: ConnectionOptions = ConnectionOptions()  # noqa: RUF009 - it is frozen


async def replay(
    recording: Recording,
    address: BrokerAddress,
    options: ReplayOptions,
    stop: asyncio.Event,
    clock: Clock,
    ledger: Ledger | None = None,
) -> Tally:
    """Send every row, wait until all are confirmed or `stop` is set; return the counts.

    Raises:
        OSError: the ledger cannot be written.
    """
    for problem in recording.problems:
        log.warning("row skipped", problem=problem)
    confirmations = Confirmations(ledger, stop)
    around = Surroundings(asyncio.Semaphore(1), None, clock, Tally(), confirmations.confirmed)
    topic = options.telemetry
    status = Topic(topic.province, topic.commune, topic.device, Channel.STATUS)
    publisher = Publisher(
        Presence(topic.device, str(status), recording.digest),
        address,
        PublisherOptions(options.connection, buffer=2 * _BACKLOG, window=_WINDOW),
        around,
        Random(recording.digest),
    )
    await _run(publisher, _Rows(recording, options, clock), stop)
    log.info(
        "replay ended",
        rows=len(recording.rows),
        skipped=len(recording.problems),
        empty=recording.empty,
        **around.tally.as_dict(),
    )
    confirmations.check()
    return around.tally


@dataclass(frozen=True, slots=True)
class _Rows:
    recording: Recording
    options: ReplayOptions
    clock: Clock

    async def send(self, publisher: Publisher) -> None:
        # What claims to be live must not have waited for its connection.
        await publisher.wait_connected()
        speed, shifted = self.options.speed, self.options.shifted
        rows = self.recording.rows
        schedule = make_schedule(rows, self.clock.now(), speed=speed, shifted=shifted)
        for row in rows:
            delay = (schedule.due(row) - self.clock.now()).total_seconds()
            if delay > 0:
                await asyncio.sleep(delay)
            # A recording, unlike a device, can wait: nothing falls out of its buffer.
            await publisher.below(_BACKLOG)
            publisher.send(self._report(row, schedule))
        await publisher.below(0)

    def _report(self, row: Row, schedule: Schedule) -> Outgoing:
        # Boot and seq come from the file, so a second replay repeats the first one's reports.
        topic = self.options.telemetry
        claimed_at = format_instant(schedule.claimed(row))
        key = ReportKey(topic.device, claimed_at, self.recording.digest, row.line)
        body = {"observed_at": claimed_at, "boot_id": key.boot_id, "seq": key.seq}
        text = encode(body | {"values": row.values}).decode()
        late = not schedule.live
        return Outgoing(str(topic), Channel.TELEMETRY, key, text, late)


async def _run(publisher: Publisher, rows: _Rows, stop: asyncio.Event) -> None:
    session = asyncio.create_task(publisher.run())
    sending = asyncio.create_task(rows.send(publisher))
    stopped = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((session, sending, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not session.done():
            await shut_down((ShutdownStep("disconnect", publisher.leave, _LEAVE),))
    finally:
        for task in (stopped, sending, session):
            task.cancel()
        results = await asyncio.gather(session, sending, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
