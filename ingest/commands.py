"""What the commands do and print; each opens one connection and closes it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from psycopg import IsolationLevel

from ingest import accounts, letters, process
from ingest.accounts import Difference, Letters, Totals
from ingest.decode import Decoder
from ingest.instants import ClockLimits
from ingest.inventory import latest_revision, load_registry
from ingest.letters import KeptLetter
from ingest.service import decode_limits
from ingest.settings import IngestSettings
from ingest.writer import Writer
from runtime.database.capabilities import detect_capabilities
from runtime.database.connection import DatabaseAddress, connect

_NAME = "srepok-ingest-command"
_SHOWN = 20
_REPLAY_WORKER = "replay"
_REST: Final = timedelta(minutes=2)
"""The minute under way, and one more for clocks that are not quite ours."""


async def check(
    address: DatabaseAddress, clock: ClockLimits, since: datetime, until: datetime
) -> bool:
    """Compare the accounts with the tables, print both, return whether equal.

    Args:
        address: the database.
        clock: the limits under which rows were accepted.
        since: from which minute of arrival on.
        until: now, so that the minute under way is the last one.
    """
    start, end = (each.replace(second=0, microsecond=0) for each in (since, until))
    async with await connect(address, _NAME) as connection:
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        async with connection.transaction():
            totals = await accounts.totals(connection, start)
            differences = await accounts.differences(connection, start, end + _REST, clock)
            kept = await accounts.letters(connection, start)
    _print_totals(start, totals)
    _print_differences(totals, differences)
    _print_letter_account(kept)
    return totals.balanced and not differences and kept.balanced


async def check_process(address: str) -> bool:
    """Print what became of a running process's messages, return whether none is missing."""
    found = await process.messages(address)
    print(
        f"process: received {found.received} = settled {found.settled}"
        f" + in flight {found.in_flight} + dropped {found.dropped} {_verdict(found.balanced)}"
    )
    return found.balanced


def _print_totals(start: datetime, totals: Totals) -> None:
    print(
        f"since {start.isoformat()}: {totals.minutes} minutes, {totals.messages} messages\n"
        f"records: received {totals.received} = stored {totals.stored}"
        f" + duplicate {totals.duplicate} + rejected {totals.rejected}"
        f" {_verdict(totals.balanced)}"
    )


def _print_differences(totals: Totals, differences: Sequence[Difference]) -> None:
    for difference in differences[:_SHOWN]:
        print(
            f"WRONG minute {difference.minute.isoformat()}: {difference.accounted} stored by the"
            f" accounts, {difference.counted} rows in the tables"
        )
    if len(differences) > _SHOWN:
        print(f"WRONG ... and {len(differences) - _SHOWN} more minutes")
    if not differences:
        print(f"tables: {totals.stored} rows, minute by minute as accounted ok")


def _print_letter_account(kept: Letters) -> None:
    among = kept.at_most if kept.at_least == kept.at_most else f"{kept.at_least} to {kept.at_most}"
    print(f"dead letters: {kept.accounted} accounted, {among} kept {_verdict(kept.balanced)}")


def _verdict(balanced: bool) -> str:  # noqa: FBT001 - the one thing it is about
    return "ok" if balanced else "WRONG"


async def list_letters(
    address: DatabaseAddress, reason: str | None, device: str | None, limit: int
) -> None:
    """Print dead letters by reason, then the newest ones that match."""
    async with await connect(address, _NAME) as connection:
        await letters.check_device(connection, device)
        summary = await letters.summarise(connection)
        found = await letters.find(connection, reason=reason, device=device, limit=limit)
    if not summary:
        print("no dead letters")
        return
    print(f"{'reason':16} {'letters':>8} {'waiting':>8} {'times':>8} {'devices':>8}  last")
    for line in summary:
        print(
            f"{line.reason:16} {line.letters:8} {line.waiting:8} {line.occurrences:8}"
            f" {line.devices:8}  {line.last_received_at.isoformat(timespec='seconds')}"
        )
    print()
    for letter in found:
        done = " (replayed)" if letter.replayed_at else ""
        print(f"{letter.dead_letter_id:8} {letter.topic}: {letter.reason}: {letter.detail}{done}")


async def show_letter(address: DatabaseAddress, letter_id: int) -> None:
    """Print one dead letter.

    Raises:
        UnknownNameError: there is none of that number.
    """
    async with await connect(address, _NAME) as connection:
        letter = await letters.one(connection, letter_id)
    _print_letter(letter)


async def replay_letters(
    address: DatabaseAddress,
    settings: IngestSettings,
    reason: str | None,
    device: str | None,
    letter_id: int | None,
    now: datetime,
) -> int:
    """Replay matching dead letters, print each outcome, return how many stay.

    Raises:
        UnknownNameError: there is no such device, or no letter of that number.
    """
    async with await connect(address, _NAME) as connection:
        await letters.check_device(connection, device)
        if letter_id is not None:
            await letters.one(connection, letter_id, device=device)
        writer = Writer(
            connection,
            await detect_capabilities(connection),
            _REPLAY_WORKER,
            settings.write_timeout,
        )
        await writer.prepare()
        revision = await latest_revision(connection)
        registry = await load_registry(connection, revision, settings.province)
        decoder = Decoder(registry, decode_limits(settings))
        tried = stayed = 0
        async for letter in letters.waiting(
            connection, reason=reason, device=device, letter_id=letter_id
        ):
            replayed = await letters.replay(connection, writer, decoder, letter, now)
            tried += 1
            stayed += not replayed.accepted
            verdict = "accepted" if replayed.accepted else "stays"
            print(f"{replayed.dead_letter_id:8} {replayed.topic}: {verdict}: {replayed.outcome}")
    print(f"{tried} replayed, {tried - stayed} accepted, {stayed} stay")
    return stayed


def _print_letter(letter: KeptLetter) -> None:
    fields = {
        "dead letter": letter.dead_letter_id,
        "topic": letter.topic,
        "device": letter.device_code or "-",
        "reason": letter.reason,
        "detail": letter.detail,
        "first received": letter.first_received_at.isoformat(),
        "last received": letter.last_received_at.isoformat(),
        "times": letter.occurrences,
        "QoS, retain": f"{letter.qos}, {letter.retain}",
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
