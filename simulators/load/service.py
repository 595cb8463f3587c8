"""The load's service: spreads devices over connections, runs them, sums up."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from province.devices import Device
from province.inventory import Inventory
from runtime.broker.address import BrokerAddress
from runtime.broker.errors import BrokerUnreachableError
from runtime.clock import Clock
from simulators.device import make_devices
from simulators.ledger import Ledger
from simulators.load.publisher import LoadPublisher, open_publisher
from simulators.load.stream import Stream
from simulators.load.template import PacketTemplate

_DRAIN: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """How much to publish.

    Attributes:
        rate: messages a second, over all connections; None is flat out.
        duration: for how long; then what is unconfirmed is waited for.
        connections: how many.
        reports: how many each message holds.
        window: how many messages a connection sends ahead of confirmations, flat out.
        seed: of the values.
    """

    rate: float | None
    duration: timedelta
    connections: int = 2
    reports: int = 1
    window: int = 1000
    seed: int = 1


async def run_load(
    inventory: Inventory,
    devices: Sequence[Device],
    address: BrokerAddress,
    options: LoadOptions,
    clock: Clock,
    ledger: Ledger | None = None,
) -> dict[str, Any]:
    """Publish reports of the devices; return the summary that the command prints.

    Raises:
        BrokerError: refused, unreachable, or lost before it was told to run.
        OSError: the ledger cannot be written.
    """
    now = clock.now()
    boot_id = int(now.timestamp())
    simulated = make_devices(inventory, tuple(devices), options.seed, now, boot_id)
    templates = [PacketTemplate(device, options.reports) for device in simulated]
    number = min(options.connections, len(templates))
    streams = [
        Stream(templates[first::number], options.reports, clock, ledger) for first in range(number)
    ]
    publishers = [
        await open_publisher(address, f"load-{boot_id}-{at}", stream.confirmed)
        for at, stream in enumerate(streams)
    ]
    began, cpu_began = time.monotonic(), time.process_time()
    try:
        failure = await _run_all(list(zip(streams, publishers, strict=True)), options)
    finally:
        for publisher in publishers:
            publisher.close()
    seconds, cpu = time.monotonic() - began, time.process_time() - cpu_began
    return _summary(streams, options, seconds, cpu) | {"boot_id": boot_id} | failure


async def _run_all(
    pairs: Sequence[tuple[Stream, LoadPublisher]], options: LoadOptions
) -> dict[str, str]:
    bound = options.duration + _DRAIN
    failure = {}
    try:
        async with asyncio.timeout(bound.total_seconds()), asyncio.TaskGroup() as group:
            for stream, publisher in pairs:
                group.create_task(_run(stream, publisher, options, len(pairs)))
    except* BrokerUnreachableError as errors:
        failure["failure"] = "; ".join(str(error) for error in errors.exceptions)
    except* TimeoutError:
        failure["failure"] = f"not everything was confirmed {_DRAIN} after the end"
    return failure


async def _run(
    stream: Stream, publisher: LoadPublisher, options: LoadOptions, streams: int
) -> None:
    seconds = options.duration.total_seconds()
    if options.rate is None:
        await stream.run_flat_out(publisher, options.window, seconds)
    else:
        await stream.run_at(publisher, options.rate / streams, seconds)
    await stream.drain(publisher)


def _summary(
    streams: Sequence[Stream], options: LoadOptions, seconds: float, cpu_seconds: float
) -> dict[str, Any]:
    sent = sum(stream.counts.sent for stream in streams)
    confirmed = sum(stream.counts.confirmed for stream in streams)
    return {
        "asked_messages_per_second": options.rate,
        "sent_messages": sent,
        "confirmed_messages": confirmed,
        "sent_reports": sent * options.reports,
        "confirmed_reports": confirmed * options.reports,
        "seconds": round(seconds, 3),
        "confirmed_messages_per_second": round(confirmed / seconds, 1),
        "confirmed_reports_per_second": round(confirmed * options.reports / seconds, 1),
        "most_late_messages": max(stream.counts.late for stream in streams),
        "cpu_seconds": round(cpu_seconds, 3),
        "cpu_microseconds_per_message": round(cpu_seconds * 1e6 / max(1, sent), 2),
    }
