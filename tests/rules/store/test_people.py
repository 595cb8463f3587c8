"""What people do: kept with its actor, announced, and never undone by what the rules write."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from psycopg import AsyncConnection

from province.inventory import Inventory
from rules.incidents.entries import entry_of
from rules.incidents.mutes import MatcherError, MuteKind, muting, parse_matcher
from rules.incidents.record import IncidentRecord
from rules.incidents.recurrences import RecurrenceError
from rules.incidents.windows import ScopeKind
from rules.store import people
from rules.store.changes import IncidentChange, apply_changes
from rules.store.errors import (
    AcknowledgedError,
    CancelledError,
    ClearedError,
    ClosedError,
    OpenError,
    TimeError,
    UnknownIncidentError,
    UnknownMuteError,
    UnknownScopeError,
    UnknownWindowError,
)
from rules.store.instants import instant, seconds
from rules.store.people import NewMute, NewWindow
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.relations import RULES_CHANNEL
from tests.rules.made import cleared, record
from tests.waiting import DEADLINE

pytestmark = pytest.mark.servers

NOW = instant(5000)
HOUR = timedelta(hours=1)


def change(record: IncidentRecord) -> IncidentChange:
    return IncidentChange(record, entry_of(record))


async def rows(connection: AsyncConnection, statement: str) -> list[tuple[Any, ...]]:
    return await (await connection.execute(statement.encode())).fetchall()


@pytest.fixture
async def opened(connection: AsyncConnection) -> AsyncConnection:
    """A connection to a database in which incident x1 is open."""
    await apply_changes(connection, [change(record())])
    return connection


async def test_an_acknowledgement_is_kept_and_stands_in_the_timeline(
    opened: AsyncConnection,
) -> None:
    await people.acknowledge(
        opened, "x1", actor="Hà", now=NOW, until=NOW + HOUR, comment="team on the way"
    )

    assert await people.load_acknowledgements(opened) == {
        "x1": people.Acknowledgement("Hà", 5000, 5000 + 3600)
    }
    assert await rows(
        opened, "SELECT kind, actor, reason, at FROM incident_entries WHERE actor <> 'rules'"
    ) == [("acknowledged", "Hà", "team on the way", NOW)]


async def test_a_second_acknowledgement_is_refused_until_the_first_runs_out(
    opened: AsyncConnection,
) -> None:
    await people.acknowledge(opened, "x1", actor="Hà", now=NOW, until=NOW + HOUR)

    with pytest.raises(AcknowledgedError, match="x1: Hà has acknowledged it"):
        await people.acknowledge(opened, "x1", actor="Bình", now=NOW + HOUR / 2)
    await people.acknowledge(opened, "x1", actor="Bình", now=NOW + HOUR)

    assert (await people.load_acknowledgements(opened))["x1"].by == "Bình"


Deed = Callable[[AsyncConnection], Awaitable[object]]


@pytest.mark.parametrize(
    ("deed", "error"),
    [
        (lambda c: people.acknowledge(c, "x9", actor="a", now=NOW), UnknownIncidentError),
        (lambda c: people.comment(c, "x9", "?", actor="a", now=NOW), UnknownIncidentError),
        (lambda c: people.acknowledge(c, "over", actor="a", now=NOW), ClearedError),
        (lambda c: people.escalate(c, "over", actor="a", now=NOW), ClearedError),
        (lambda c: people.close(c, "x1", actor="a", now=NOW), OpenError),
        (lambda c: people.close(c, "closed", actor="a", now=NOW), ClosedError),
        (lambda c: people.assign(c, "closed", "b", actor="a", now=NOW), ClosedError),
        (lambda c: people.acknowledge(c, "x1", actor="a", now=NOW, until=NOW), TimeError),
        (lambda c: people.cancel_window(c, 1, actor="a", now=NOW), UnknownWindowError),
        (lambda c: people.cancel_mute(c, 1, actor="a", now=NOW), UnknownMuteError),
    ],
)
async def test_what_cannot_be_done_is_refused_by_name_and_leaves_nothing(
    opened: AsyncConnection, deed: Deed, error: type[Exception]
) -> None:
    over = [change(cleared(incident="over")), change(cleared(incident="closed"))]
    await apply_changes(opened, over)
    await people.close(opened, "closed", actor="a", now=instant(4000))
    before = await rows(opened, "SELECT count(*) FROM incident_entries")

    with pytest.raises(error):
        await deed(opened)

    assert await rows(opened, "SELECT count(*) FROM incident_entries") == before


async def test_deeds_of_people_and_steps_of_the_rules_do_not_touch_each_other(
    opened: AsyncConnection,
) -> None:
    await people.acknowledge(opened, "x1", actor="Hà", now=NOW)
    await people.assign(opened, "x1", "Bình", actor="Hà", now=NOW)
    assert await people.escalate(opened, "x1", actor="Hà", now=NOW) == 1
    assert await people.escalate(opened, "x1", actor="Hà", now=NOW + HOUR) == 2
    assert await people.load_escalations(opened) == {"x1": 2}
    columns = "acknowledged_by, assigned_to, escalation, escalated_at"
    done = await rows(opened, f"SELECT {columns} FROM incidents")  # noqa: S608 - our own names

    await apply_changes(opened, [change(cleared(2, 9000))])
    await people.close(opened, "x1", actor="Hà", now=instant(10_000))

    assert done == [("Hà", "Bình", 2, NOW + HOUR)]
    assert await rows(opened, f"SELECT {columns} FROM incidents") == done  # noqa: S608 - our own names
    assert await rows(opened, "SELECT status, revision, closed_by FROM incidents") == [
        ("cleared", 2, "Hà")
    ]


async def test_an_incident_that_begins_again_after_it_was_closed_is_no_longer_closed(
    opened: AsyncConnection,
) -> None:
    await apply_changes(opened, [change(cleared(2, 2000))])
    await people.close(opened, "x1", actor="Hà", now=instant(3000))
    await apply_changes(opened, [change(record(3)), change(cleared(4, 6000))])

    await people.close(opened, "x1", actor="Bình", now=instant(7000))

    assert await rows(opened, "SELECT closed_by FROM incidents") == [("Bình",)]


async def test_people_and_rules_write_at_the_same_time(
    database_url: str, opened: AsyncConnection
) -> None:
    address = DatabaseAddress.from_url(database_url)

    async def steps() -> None:
        async with await connect(address, "srepok-tests") as rules:
            for revision in range(2, 40):
                await apply_changes(rules, [change(record(revision))])

    async def take(actor: str) -> bool:
        async with await connect(address, "srepok-tests") as mine:
            try:
                await people.acknowledge(mine, "x1", actor=actor, now=NOW)
            except AcknowledgedError:
                return False
            for number in range(5):
                await people.comment(mine, "x1", f"{number}", actor=actor, now=NOW + number * HOUR)
            return True

    writing = asyncio.create_task(steps())
    took = await asyncio.gather(*(take(f"p{each}") for each in range(6)))
    await writing

    assert sum(took) == 1
    winner = f"p{took.index(True)}"
    assert await rows(opened, "SELECT acknowledged_by, revision FROM incidents") == [(winner, 39)]
    assert await rows(
        opened, "SELECT actor = 'rules', count(*) FROM incident_entries GROUP BY 1 ORDER BY 1"
    ) == [(False, 6), (True, 39)]


async def test_each_deed_is_announced_to_the_rules(
    opened: AsyncConnection, database_url: str
) -> None:
    async with await connect(DatabaseAddress.from_url(database_url), "srepok-tests") as listener:
        await listener.execute(f"LISTEN {RULES_CHANNEL}".encode())
        await people.acknowledge(opened, "x1", actor="Hà", now=NOW)
        mute = await people.add_mute(opened, silence("commune=24133"), actor="Hà", now=NOW)

        notices = listener.notifies(stop_after=2, timeout=DEADLINE)
        heard = [notice.payload async for notice in notices]

    assert heard == ["acknowledged x1", f"mute_added silence {mute}"]


# -- windows and mutes ----------------------------------------------------------------


def silence(*matchers: str, starts_at: datetime = NOW, length: timedelta = HOUR) -> NewMute:
    parsed = tuple(parse_matcher(each) for each in matchers)
    return NewMute(MuteKind.SILENCE, parsed, starts_at, starts_at + length, "drill")


async def test_a_window_is_kept_as_announced_and_cancelled_with_its_actor(
    stocked_url: str, inventory: Inventory
) -> None:
    operator = inventory.operators[0].code
    new = NewWindow(
        ScopeKind.OPERATOR,
        operator,
        NOW + HOUR,
        NOW + 2 * HOUR,
        recurrence="FREQ=WEEKLY;BYDAY=TU",
        comment="card swap",
    )
    async with await connect(DatabaseAddress.from_url(stocked_url), "srepok-tests") as connection:
        number = await people.add_window(connection, new, actor="Hà", now=NOW)
        (window,) = await people.load_windows(connection, NOW)
        await people.cancel_window(connection, number, actor="Bình", now=NOW + HOUR)
        (cancelled,) = await people.load_windows(connection, NOW + HOUR)
        with pytest.raises(CancelledError, match="Bình has cancelled it"):
            await people.cancel_window(connection, number, actor="Hà", now=NOW + HOUR)
        kinds = await rows(connection, "SELECT kind, actor FROM incident_entries ORDER BY 1")

    assert (window.window, window.name, window.scope_kind) == (number, operator, "operator")
    assert (window.starts_at, window.created_by, window.comment) == (8600, "Hà", "card swap")
    assert window.announced(window.starts_at)
    assert (cancelled.cancelled_at, cancelled.cancelled_by) == (8600, "Bình")
    assert kinds == [("window_added", "Hà"), ("window_cancelled", "Bình")]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"scope_code": "nowhere"}, UnknownScopeError),
        ({"scope_kind": ScopeKind.NODE}, UnknownScopeError),
        ({"ends_at": NOW - 2 * HOUR}, TimeError),
        ({"starts_at": NOW - 2 * HOUR, "ends_at": NOW}, TimeError),
        ({"recurrence": "FREQ=MINUTELY"}, RecurrenceError),
    ],
)
async def test_a_window_that_makes_no_sense_is_refused(
    stocked_url: str, inventory: Inventory, said: dict[str, Any], error: type[Exception]
) -> None:
    values: dict[str, Any] = {
        "scope_kind": ScopeKind.VILLAGE,
        "scope_code": inventory.villages[0].code,
        "starts_at": NOW,
        "ends_at": NOW + HOUR,
    }
    async with await connect(DatabaseAddress.from_url(stocked_url), "srepok-tests") as connection:
        with pytest.raises(error):
            await people.add_window(connection, NewWindow(**(values | said)), actor="Hà", now=NOW)
        assert await people.load_windows(connection, NOW) == []


async def test_a_silence_holds_what_it_was_made_for_until_it_is_cancelled(
    connection: AsyncConnection,
) -> None:
    new = silence("commune=24133", 'root=~"olt-.*"')

    number = await people.add_mute(connection, new, actor="Hà", now=NOW)
    mutes = await people.load_mutes(connection, NOW)
    held = muting(mutes, record(), seconds(NOW))
    await people.cancel_mute(connection, number, actor="Hà", now=NOW + HOUR / 2)
    later = await people.load_mutes(connection, NOW + HOUR / 2)

    assert held is not None
    assert (held.mute, held.comment, held.matchers) == (number, "drill", new.matchers)
    assert muting(later, record(), seconds(NOW + HOUR / 2)) is None
    with pytest.raises(CancelledError):
        await people.cancel_mute(connection, number, actor="Hà", now=NOW + HOUR / 2)
    with pytest.raises(MatcherError, match="needs a matcher"):
        await people.add_mute(connection, silence(), actor="Hà", now=NOW)
    with pytest.raises(TimeError):
        await people.add_mute(connection, silence("a=b"), actor="Hà", now=NOW + HOUR)
