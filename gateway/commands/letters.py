"""`python -m gateway letters`: the dead letters of adapters: listed, shown, tried again."""

import argparse
import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from random import SystemRandom
from typing import Any, Final
from uuid import uuid4

from prometheus_client import CollectorRegistry
from psycopg import AsyncConnection

from gateway.adapters.loading import load_adapters
from gateway.door.clocks import ClockLimits
from gateway.door.foreign import Foreign
from gateway.door.instruments import Instruments
from gateway.door.kept import KeptLetter, Wanted, find, replay, summarise, waiting
from gateway.door.parcel import Packer
from gateway.door.publisher import Publisher
from gateway.door.reasons import Reason
from gateway.door.registry import Registry
from gateway.errors import GatewayError, UsageError
from gateway.settings import GatewaySettings
from gateway.translation import Adapter, RefusalReason
from runtime.broker.address import BrokerAddress
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.pool import PoolOptions, make_pool
from runtime.logs import LogSettings, configure_logs

_NAME: Final = "srepok-gateway-command"
_PATIENCE: Final = timedelta(seconds=15)
_NUMBERS: Final = range(2**63)
"""Of letters: what the database can count to."""
_REASONS: Final = sorted({str(each) for each in (*RefusalReason, *Reason)})
_EPILOG: Final = """\
DATABASE_URL, DATABASE_PASSWORD_FILE: the database.
replay publishes what is accepted now, as the service does, and needs its MQTT_URL and
MQTT_PASSWORD_FILE too, and its GATEWAY_ADAPTERS if it has any.
docs/operations/gateway.md tells more.
"""


Command = Callable[[argparse.Namespace, Mapping[str, str]], Coroutine[Any, Any, int]]
Runner = Callable[[argparse.Namespace, Mapping[str, str]], int]


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = commands.add_parser(
        "letters",
        help="list, show or replay adapters' dead letters",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="by adapter and reason, then one by one")
    _add_filters(listing)
    listing.add_argument("--limit", type=int, default=20, help="at most so many (default 20)")
    listing.set_defaults(run=_run(_list))
    show = actions.add_parser("show", help="one dead letter with its payload")
    show.add_argument("letter_id", type=int, metavar="NUMBER", help="from list")
    show.set_defaults(run=_run(_show))
    again = actions.add_parser(
        "replay",
        help="try dead letters again, after the inventory or the adapter was mended",
        description="Dead letters that are accepted now are published; the others stay, each with"
        " its new reason. Replaying twice stores nothing twice. Exit code 1 if any stays.",
    )
    _add_filters(again)
    again.add_argument(
        "--id", type=int, dest="letter_id", metavar="NUMBER", help="only this one, from list"
    )
    again.set_defaults(run=_run(_replay))


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--adapter", help="only of this adapter")
    parser.add_argument(
        "--reason",
        choices=_REASONS,
        metavar="REASON",
        help="only of this reason, such as unknown_field",
    )


def _run(command: Command) -> Runner:
    def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
        configure_logs(LogSettings.from_environment(environ), "gateway")
        return asyncio.run(command(options, environ))

    return run


async def _list(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    wanted = Wanted(options.adapter, options.reason)
    async with await connect(DatabaseAddress.from_environment(environ), _NAME) as connection:
        await _check(connection, wanted, environ)
        summary = await summarise(connection)
        found = await find(connection, wanted, options.limit)
    if not summary:
        print("no dead letters of adapters")
        return 0
    print(f"{'adapter':16} {'reason':16} {'letters':>8} {'waiting':>8} {'times':>8}  last")
    for line in summary:
        print(
            f"{line.adapter:16} {line.reason:16} {line.letters:8} {line.waiting:8}"
            f" {line.occurrences:8}  {line.last_received_at.isoformat(timespec='seconds')}"
        )
    print()
    for letter in found:
        done = " (replayed)" if letter.replayed_at else ""
        print(f"{letter.dead_letter_id:8} {letter.topic}: {letter.reason}: {letter.detail}{done}")
    return 0


async def _show(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    wanted = Wanted(letter_id=options.letter_id)
    async with await connect(DatabaseAddress.from_environment(environ), _NAME) as connection:
        letter = await _one(connection, wanted, options.letter_id)
    _print_letter(letter)
    return 0


async def _replay(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    wanted = Wanted(options.adapter, options.reason, options.letter_id)
    tried = stayed = 0
    clock = SystemClock()
    async with await connect(DatabaseAddress.from_environment(environ), _NAME) as connection:
        # Before the broker is asked: a name that is not there is found out at once.
        await _check(connection, wanted, environ)
        async with _desk(environ) as foreign:
            async for letter in waiting(connection, wanted):
                accepted, outcome = await replay(connection, foreign, letter, clock.now())
                tried += 1
                stayed += not accepted
                verdict = "accepted" if accepted else "stays"
                print(f"{letter.dead_letter_id:8} {letter.topic}: {verdict}: {outcome}")
    print(f"{tried} replayed, {tried - stayed} accepted, {stayed} stay")
    return 1 if stayed else 0


async def _check(connection: AsyncConnection, wanted: Wanted, environ: Mapping[str, str]) -> None:
    """Do nothing if there is what the arguments name; an adapter may be gone that has letters.

    Raises:
        UsageError: there is no such adapter, or no such letter.
    """
    if wanted.adapter is not None:
        known = {line.adapter for line in await summarise(connection)} | set(_adapters(environ))
        if wanted.adapter not in known:
            raise UsageError(
                f"there is no adapter {wanted.adapter!r}; known: {', '.join(sorted(known))}"
            )
    if wanted.letter_id is not None:
        await _one(connection, wanted, wanted.letter_id)


async def _one(connection: AsyncConnection, wanted: Wanted, number: int) -> KeptLetter:
    """Return the letter of a number that the arguments name.

    Raises:
        UsageError: there is none, or none such.
    """
    found = await find(connection, wanted, 1) if number in _NUMBERS else []
    if not found:
        of = " of that adapter and reason" if wanted.adapter or wanted.reason else " of an adapter"
        raise UsageError(f"there is no dead letter {number}{of}")
    return found[0]


def _adapters(environ: Mapping[str, str]) -> dict[str, Adapter]:
    settings = GatewaySettings.from_environment(environ)
    return load_adapters([settings.adapters] if settings.adapters else [])


@asynccontextmanager
async def _desk(environ: Mapping[str, str]) -> AsyncIterator[Foreign]:
    """Give what takes foreign messages, once broker and database are there."""
    settings = GatewaySettings.from_environment(environ)
    clock, random = SystemClock(), SystemRandom()
    adapters = _adapters(environ)
    pool = make_pool(
        DatabaseAddress.from_environment(environ), _NAME, PoolOptions(max_size=2, read_only=False)
    )
    async with pool, _publisher(environ, settings) as publisher:
        registry = Registry(pool, settings.inventory_refresh, clock, random)
        await registry.look()
        if not registry.loaded.is_set():
            why = registry.failure or "there is none: python -m runtime.database inventory FILE"
            raise GatewayError(f"the inventory cannot be read: {why}")
        limits = ClockLimits(settings.maximum_age, settings.maximum_ahead)
        packer = Packer(registry, limits, settings.maximum_payload_bytes)
        instruments = Instruments(CollectorRegistry())
        yield Foreign(adapters, packer, publisher, pool, instruments, clock)


@asynccontextmanager
async def _publisher(
    environ: Mapping[str, str], settings: GatewaySettings
) -> AsyncIterator[Publisher]:
    address = BrokerAddress.from_environment(environ)
    # A name of its own: beside the service, and beside another replay.
    name = f"{settings.client_id}-letters-{uuid4().hex[:8]}"
    options = SessionOptions(name, session_expiry=timedelta(0))
    session = BrokerSession(
        address, options, lambda _: None, _Nobody(), SystemClock(), SystemRandom()
    )
    running = asyncio.create_task(session.run(), name="gateway.letters.session")
    try:
        try:
            async with asyncio.timeout(_PATIENCE.total_seconds()):
                await session.connected.wait()
        except TimeoutError:
            raise GatewayError(f"{address} did not answer in {_PATIENCE}") from None
        yield Publisher(session, settings.in_flight, settings.publish_timeout)
    finally:
        await session.close()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


class _Nobody:
    """Hears of a session's connections, and has nothing to count."""

    def connected(self, epoch: int, *, session_present: bool) -> None:
        """Do nothing."""

    def disconnected(self, reason: str) -> None:
        """Do nothing."""


def _print_letter(letter: KeptLetter) -> None:
    fields = {
        "dead letter": letter.dead_letter_id,
        "adapter": letter.adapter,
        "came to": letter.topic,
        "device": letter.device_code or "-",
        "reason": letter.reason,
        "detail": letter.detail,
        "first received": letter.first_received_at.isoformat(),
        "last received": letter.last_received_at.isoformat(),
        "times": letter.occurrences,
        "content type": letter.content_type or "-",
        "replayed": letter.replayed_at.isoformat() if letter.replayed_at else "no",
        "outcome": letter.replay_outcome or "-",
        "payload": f"{len(letter.payload)} bytes",
    }
    for name, value in fields.items():
        print(f"{name:15} {value}")
    try:
        print(letter.payload.decode())
    except UnicodeDecodeError:
        print(letter.payload.hex(" "))
