"""Which maintenance is agreed."""

from datetime import timedelta
from typing import Any

import pytest

from rules.books.days import span_of
from rules.books.pieces import Blame, Circumstances
from rules.books.scopes import LinkFacts, NodeFacts, Topology, VillageFacts
from rules.books.spans import Span
from rules.books.timeline import settle
from rules.books.windows import agreed_spans
from rules.incidents.recurrences import RecurrenceError
from rules.incidents.windows import PlannedWindow, ScopeKind
from tests.rules.books.make import DAY, second, spell


def make_window(**changes: Any) -> PlannedWindow:  # noqa: ANN401 - fields of a window
    values: dict[str, Any] = {
        "window": 3,
        "name": "ring",
        "scope_kind": ScopeKind.NODE,
        "scope_code": "agg",
        "starts_at": second("02:00"),
        "ends_at": second("04:00"),
        "created_at": second("00:00"),
        "created_by": "lan",
    }
    return PlannedWindow(**values | changes)


def hours(start: str, end: str) -> Span:
    return second(start), second(end)


@pytest.mark.parametrize(
    ("changes", "agreed"),
    [
        ({}, [hours("02:00", "04:00")]),
        ({"created_at": second("02:00")}, [hours("02:00", "04:00")]),
        ({"created_at": second("02:01")}, []),
        ({"cancelled_at": second("01:00")}, []),
        ({"cancelled_at": second("03:00")}, [hours("02:00", "03:00")]),
        ({"cancelled_at": second("05:00")}, [hours("02:00", "04:00")]),
    ],
    ids=[
        "in time", "at its start", "after the fact", "cancelled", "cut short", "cancelled later",
    ],
)  # fmt: skip
def test_what_was_announced_before_it_began_is_agreed(
    changes: dict[str, Any], agreed: list[Span]
) -> None:
    assert agreed_spans(make_window(**changes), span_of(DAY)) == agreed


def test_a_recurring_window_is_agreed_from_its_first_occurrence_after_it_was_announced() -> None:
    week = span_of(DAY)[0], span_of(DAY + timedelta(days=7))[1]
    window = make_window(recurrence="FREQ=DAILY;INTERVAL=2;COUNT=4", created_at=second("12:00"))

    found = agreed_spans(window, week)

    days = [DAY + timedelta(days=offset) for offset in (2, 4, 6)]
    assert found == [(second("02:00", day), second("04:00", day)) for day in days]


def test_an_occurrence_that_began_the_day_before_reaches_into_the_day() -> None:
    before = DAY - timedelta(days=7)
    window = make_window(
        recurrence="FREQ=DAILY",
        starts_at=second("23:00", before),
        ends_at=second("25:00", before),
        created_at=second("00:00", before),
    )

    assert agreed_spans(window, span_of(DAY)) == [hours("00:00", "01:00"), hours("23:00", "24:00")]


def test_a_recurrence_that_cannot_be_read_is_named() -> None:
    with pytest.raises(RecurrenceError, match="FREQ=SOMETIMES"):
        agreed_spans(make_window(recurrence="FREQ=SOMETIMES"), span_of(DAY))


TOPOLOGY = Topology(
    nodes={
        "agg": NodeFacts((), "vnpt"),
        "other-agg": NodeFacts((), "vnpt"),
        "olt": NodeFacts(("agg",), "vnpt", "24133"),
        "ring-olt": NodeFacts(("agg", "other-agg"), "vnpt", "24133"),
    },
    links={
        "l": LinkFacts("v", "vnpt", "olt", mobile=False, households=40),
        "m": LinkFacts("v", "viettel", "mast", mobile=True, households=10),
    },
    villages={"v": VillageFacts("24133", 100, None, ("l", "m"))},
)


@pytest.mark.parametrize(
    ("root", "scope", "agreed"),
    [
        ("olt", ("node", "agg"), True),
        ("olt", ("operator", "vnpt"), True),
        ("olt", ("commune", "24133"), True),
        ("ring-olt", ("node", "agg"), False),
        ("olt", ("node", "other-agg"), False),
        ("l", ("link", "m"), False),
        ("l", ("village", "v"), True),
        ("l", ("node", "agg"), True),
        ("v", ("node", "agg"), False),
        ("v", ("commune", "24133"), True),
        ("not-in-the-inventory", ("node", "agg"), False),
    ],
)
def test_a_window_counts_where_the_root_lies_within_it(
    root: str, scope: tuple[str, str], *, agreed: bool
) -> None:
    span = span_of(DAY)
    circumstances = Circumstances(TOPOLOGY, {scope: [span]}, {"i": Blame((root,), "olt")})
    timeline = settle([spell("01:00", "02:00", "down", "i")], [span], span)

    (down,) = (each for each in circumstances.link_pieces("l", timeline) if each.cause)

    assert (down.cause == "maintenance") is agreed
