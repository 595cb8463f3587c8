"""Windows: when they are, and what the engine is told of them."""

from datetime import datetime
from typing import Any

import pytest

from province.inventory import Inventory
from rules.engine.network import Network
from rules.incidents.geography import Geography
from rules.incidents.recurrences import RecurrenceError, parse_recurrence
from rules.incidents.scopes import Scopes
from rules.incidents.windows import PlannedWindow, ScopeKind, next_occurrences, window_events

HOUR = 3600.0
DAY = 24 * HOUR


def at(text: str) -> float:
    """Return the seconds of a local time."""
    return datetime.fromisoformat(f"{text}+07:00").timestamp()


TUESDAY = at("2026-12-01 22:00")


def planned(recurrence: str | None = None, **said: Any) -> PlannedWindow:  # noqa: ANN401 - the caller's own
    values: dict[str, Any] = {
        "window": 7,
        "name": "swap",
        "scope_kind": ScopeKind.VILLAGE,
        "scope_code": "v1",
        "starts_at": TUESDAY,
        "ends_at": TUESDAY + 3 * HOUR,
        "created_at": TUESDAY - DAY,
        "created_by": "Hà",
        "recurrence": recurrence,
    }
    return PlannedWindow(**(values | said))


def test_a_window_happens_once() -> None:
    window = planned()

    assert list(window.occurrences(TUESDAY - DAY, TUESDAY + 9 * DAY)) == [
        (TUESDAY, TUESDAY + 3 * HOUR)
    ]
    assert list(window.occurrences(TUESDAY + 3 * HOUR, TUESDAY + 9 * DAY)) == []
    assert list(window.occurrences(TUESDAY + 2 * HOUR, TUESDAY + 9 * DAY)) != []


def test_weekly_means_each_tuesday_of_local_time() -> None:
    # Half past midnight on a Tuesday is still Monday in UTC.
    night = at("2026-12-01 00:30")
    window = planned("FREQ=WEEKLY;BYDAY=TU", starts_at=night, ends_at=night + HOUR)

    starts = [start for start, _ in next_occurrences(window, night - DAY, 3)]

    assert starts == [night, night + 7 * DAY, night + 14 * DAY]


@pytest.mark.parametrize(
    ("until", "count"),
    [
        ("20261208", 2),
        ("20261208T215959", 1),
        ("20261208T150000Z", 2),
        ("20261208T145959Z", 1),
    ],
)
def test_until_is_local_or_utc_and_a_day_alone_means_all_of_it(until: str, count: int) -> None:
    window = planned(f"FREQ=WEEKLY;UNTIL={until}")

    assert len(list(window.occurrences(0, TUESDAY + 99 * DAY))) == count


def test_an_occurrence_under_way_long_after_the_first_is_found() -> None:
    window = planned("FREQ=DAILY")
    now = TUESDAY + 100 * DAY + HOUR

    assert next_occurrences(window, now, 1) == [(now - HOUR, now + 2 * HOUR)]


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "weekly",
        "",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;INTERVAL=",
        "FREQ=WEEKLY\nEXDATE:20261208T220000",
        "FREQ=WEEKLY;UNTIL=20261308",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;COUNT=4;COUNT=5",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=2;BYDAY=TU",
        "FREQ=YEARLY;BYEASTER=500",
    ],
)
def test_a_rule_that_cannot_be_used_is_named(text: str) -> None:
    with pytest.raises(RecurrenceError, match="recurrence"):
        parse_recurrence(text, TUESDAY)


def test_what_was_cancelled_does_not_happen_and_what_was_under_way_ends() -> None:
    cancelled_at = TUESDAY + 7 * DAY + HOUR
    window = planned("FREQ=WEEKLY", cancelled_at=cancelled_at)

    assert list(window.occurrences(0, TUESDAY + 99 * DAY)) == [
        (TUESDAY, TUESDAY + 3 * HOUR),
        (TUESDAY + 7 * DAY, cancelled_at),
    ]


def test_a_window_made_after_the_fact_was_not_announced() -> None:
    window = planned("FREQ=WEEKLY", created_at=TUESDAY + 1)

    assert [window.announced(start) for start, _ in next_occurrences(window, TUESDAY, 2)] == [
        False,
        True,
    ]


# -- what the engine is told ----------------------------------------------------------


@pytest.fixture(scope="module")
def network(inventory: Inventory) -> Network:
    return Network(inventory)


@pytest.fixture(scope="module")
def scopes(inventory: Inventory, network: Network) -> Scopes:
    return Scopes(Geography(inventory), network)


def test_occurrences_are_told_ahead_each_under_its_name(
    scopes: Scopes, inventory: Inventory
) -> None:
    village = inventory.villages[0].code
    window = planned("FREQ=WEEKLY", scope_code=village)

    events = window_events([window], scopes, TUESDAY - HOUR, 8 * DAY)

    assert [(event.node, event.starts_at, event.ends_at) for event in events] == [
        (village, TUESDAY, TUESDAY + 3 * HOUR),
        (village, TUESDAY + 7 * DAY, TUESDAY + 7 * DAY + 3 * HOUR),
    ]
    assert len({event.name for event in events}) == 2


def test_a_cancelled_window_is_taken_back_under_the_names_it_was_told(
    scopes: Scopes, inventory: Inventory
) -> None:
    window = planned("FREQ=WEEKLY", scope_code=inventory.villages[0].code)
    cancelled = planned(
        "FREQ=WEEKLY", scope_code=inventory.villages[0].code, cancelled_at=TUESDAY + HOUR
    )
    told = window_events([window], scopes, TUESDAY, 8 * DAY)

    again = window_events([cancelled], scopes, TUESDAY + HOUR, 8 * DAY)

    assert {event.name for event in again} == {event.name for event in told}
    assert sorted(event.ends_at for event in again) == [0.0, TUESDAY + HOUR]


def test_an_operator_is_all_that_its_links_hang_on(
    scopes: Scopes, network: Network, inventory: Inventory
) -> None:
    operator = inventory.operators[0].code

    scope = scopes.expand("operator", operator)

    assert scope
    for link in inventory.links:
        hit = any(network.within((link.code,), node) for node in scope)
        assert hit is (link.operator == operator)


def test_a_commune_is_its_villages_and_what_serves_no_other(
    scopes: Scopes, network: Network, inventory: Inventory
) -> None:
    commune = inventory.communes[0].code
    inside = {village.code for village in inventory.villages if village.commune == commune}

    scope = scopes.expand("commune", commune)

    assert inside <= set(scope)
    assert set(scope) - inside
    for node in set(scope) - inside:
        served = {network.links[link].village for link in network.links_below.get(node, ())}
        assert served | set(network.fed.get(node, ())) <= inside


def test_what_is_not_known_has_no_scope(scopes: Scopes) -> None:
    assert scopes.expand("node", "nowhere") == ()
    assert scopes.expand("commune", "nowhere") == ()
