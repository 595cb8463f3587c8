"""The fleet's service: builds the members, runs them, has them leave in order."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from province.inventory import Inventory
from province.topics import Channel
from runtime.clock import Clock
from runtime.logs import get_logger
from runtime.shutdown import ShutdownStep, shut_down
from simulators.choice import choose_devices
from simulators.confirmations import Confirmations
from simulators.descriptors import ensure_descriptors
from simulators.device import SimulatedDevice, make_devices
from simulators.distributions import epoch_seconds
from simulators.fleet.member import Member
from simulators.ledger import Ledger
from simulators.presence import Presence
from simulators.publisher import Publisher, PublisherOptions, Surroundings
from simulators.settings import Identities
from simulators.tally import Tally

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """What to run.

    Attributes:
        devices: how many of the inventory's devices.
        seed: chooses them, and moves their values, phases and jitter.
        interval: between a device's reports; the inventory's, if None.
        connects: how many sessions connect at a time.
        summary: how often to log what happened.
        flush: how long the devices may take, in the end, to get everything confirmed.
    """

    devices: int
    seed: int = 1
    interval: timedelta | None = None
    connects: int = 32
    summary: timedelta = timedelta(seconds=10)
    flush: timedelta = timedelta(seconds=20)
    publisher: PublisherOptions = field(default_factory=PublisherOptions)


async def run_fleet(
    inventory: Inventory,
    identities: Identities,
    options: FleetOptions,
    stop: asyncio.Event,
    clock: Clock,
    ledger: Ledger | None = None,
) -> Tally:
    """Run until `stop` is set, then have all devices leave in order; return the counts.

    Raises:
        DescriptorError: more sessions than the process may open files.
        SettingsError: a device has no password.
        OSError: the ledger cannot be written.
    """
    chosen = choose_devices(inventory, options.devices, options.seed)
    ensure_descriptors(len(chosen))
    now = clock.now()
    devices = make_devices(inventory, chosen, options.seed, now, epoch_seconds(now))
    confirmations = Confirmations(ledger, stop)
    tally = Tally()
    with ThreadPoolExecutor(options.connects, "connect") as threads:
        gate = asyncio.Semaphore(options.connects)
        around = Surroundings(gate, threads, clock, tally, confirmations.confirmed)
        members = [_member(device, identities, options, around) for device in devices]
        log.info("fleet starts", devices=len(members), seed=options.seed)
        await _run(members, options, tally, stop)
    log.info("fleet ended", **tally.as_dict())
    confirmations.check()
    return tally


def _member(
    device: SimulatedDevice, identities: Identities, options: FleetOptions, around: Surroundings
) -> Member:
    code = device.device.code
    publisher = Publisher(
        Presence(code, device.topics[Channel.STATUS], device.boot_id),
        identities.address_of(code),
        options.publisher,
        around,
        Random(f"{options.seed} {code} session"),
    )
    random = Random(f"{options.seed} {code} turns")
    return Member(device, publisher, options.interval, around.clock, random)


async def _run(
    members: Sequence[Member], options: FleetOptions, tally: Tally, stop: asyncio.Event
) -> None:
    sessions = [asyncio.create_task(member.publisher.run()) for member in members]
    reporters = [asyncio.create_task(member.report()) for member in members]
    summary = asyncio.create_task(_summarise(tally, options.summary))
    ended = asyncio.gather(*sessions, *reporters, summary)
    stopped = asyncio.create_task(stop.wait())
    try:
        # None of the tasks ends by itself: one that does has failed, and so has the run.
        await asyncio.wait((ended, stopped), return_when=asyncio.FIRST_COMPLETED)
        if not ended.done():
            await _cancel([summary, *reporters])
            await _leave(members, options.flush)
    finally:
        stopped.cancel()
        await _cancel([summary, *reporters, *sessions])
        if not ended.cancelled():
            ended.exception()


async def _leave(members: Sequence[Member], flush: timedelta) -> None:
    async def say_goodbye() -> None:
        for member in members:
            member.say_goodbye()

    async def confirm() -> None:
        await asyncio.gather(*(member.publisher.below(0) for member in members))

    async def leave() -> None:
        await asyncio.gather(*(member.publisher.leave() for member in members))

    await shut_down(
        (
            ShutdownStep("say goodbye", say_goodbye, timedelta(seconds=5)),
            ShutdownStep("have everything confirmed", confirm, flush),
            ShutdownStep("disconnect", leave, flush),
        )
    )


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _summarise(tally: Tally, every: timedelta) -> None:
    before = tally.as_dict()
    while True:
        await asyncio.sleep(every.total_seconds())
        counts = tally.as_dict()
        seconds = every.total_seconds()
        log.info(
            "fleet",
            sent_per_second=round((counts["sent"] - before["sent"]) / seconds, 1),
            confirmed_per_second=round((counts["confirmed"] - before["confirmed"]) / seconds, 1),
            **counts,
        )
        before = counts
