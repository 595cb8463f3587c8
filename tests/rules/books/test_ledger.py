"""The arithmetic of the books, on random timelines and on one counted by hand."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.books.causes import Cause
from rules.books.days import days_between, span_of
from rules.books.ledger import DayBook, Outages, book, outages
from rules.books.pieces import Blame, Circumstances
from rules.books.scopes import LinkFacts, NodeFacts, Topology, VillageFacts
from rules.books.spans import Span, merge, total
from rules.books.timeline import Spell, settle
from tests.rules.books.make import DAY, second, spell

TOPOLOGY = Topology(
    nodes={"olt": NodeFacts(()), "feeder": NodeFacts(()), "far-feeder": NodeFacts(())},
    links={"l": LinkFacts("v", "vnpt", "olt", mobile=False, households=40)},
    villages={"v": VillageFacts("24133", 100, "feeder", ("l",))},
)
BLAMES = {
    "mains": Blame(("feeder",), "power_feeder"),
    "battery": Blame(("far-feeder",), "power_feeder"),
    "card": Blame(("olt",), "olt"),
}
START, END = span_of(DAY)
INSTANTS = st.integers(START - 4000, END + 4000)
SPELLS = st.lists(
    st.tuples(
        INSTANTS,
        st.one_of(st.none(), st.integers(1, 40_000)),
        st.sampled_from(["served", "degraded", "dark", "unknown", "maintenance"]),
        st.sampled_from([None, *BLAMES, "nobody-knows"]),
    ),
    max_size=12,
    unique_by=lambda spell: spell[0],
).map(
    lambda drawn: [
        Spell(since, None if length is None else since + length, state, incident)
        for since, length, state, incident in drawn
    ]
)
WATCHES = st.lists(st.tuples(INSTANTS, INSTANTS), max_size=4).map(merge)


def books_of(
    spells: list[Spell], watched: list[Span], agreed: list[Span], *spans: Span
) -> list[DayBook]:
    circumstances = Circumstances(TOPOLOGY, {("village", "v"): agreed}, BLAMES)
    timeline = settle(spells, watched, (START - 5000, END + 5000))
    pieces = circumstances.village_pieces("v", timeline, [])
    return [book(pieces, outages(pieces), span) for span in spans]


def figures_of(day: DayBook) -> list[int]:
    return [
        *(day.served, day.degraded, day.down, day.unknown, day.down_net, day.down_network),
        *(day.gross.sustained, day.gross.momentary, day.net.sustained, day.net.momentary),
        *(day.causes[cause] for cause in Cause),
    ]


@given(SPELLS, WATCHES, WATCHES)
def test_the_states_of_a_day_add_up_to_it_and_what_nobody_watched_is_unknown(
    spells: list[Spell], watched: list[Span], agreed: list[Span]
) -> None:
    (day,) = books_of(spells, watched, agreed, (START, END))

    assert day.elapsed == 86_400
    seen = total([(max(a, START), min(b, END)) for a, b in watched if b > START and a < END])
    assert day.unknown >= 86_400 - seen
    assert sum(day.causes.values()) == day.down


@given(SPELLS, WATCHES, WATCHES)
def test_no_book_exceeds_the_one_that_it_is_a_part_of(
    spells: list[Spell], watched: list[Span], agreed: list[Span]
) -> None:
    (day,) = books_of(spells, watched, agreed, (START, END))

    assert 0 <= day.down_network <= day.down_net <= day.down
    assert day.network.sustained <= day.net.sustained <= day.gross.sustained
    counts = [each.sustained + each.momentary for each in (day.network, day.net, day.gross)]
    assert counts == sorted(counts)


@given(SPELLS, WATCHES, WATCHES, st.lists(st.integers(START, END), max_size=5))
def test_parts_of_a_day_add_up_to_the_day(
    spells: list[Spell], watched: list[Span], agreed: list[Span], cuts: list[int]
) -> None:
    edges = sorted({START, END, *cuts})
    parts = list(pairwise(edges))

    whole, *pieces = books_of(spells, watched, agreed, (START, END), *parts)

    added = [sum(figures) for figures in zip(*map(figures_of, pieces), strict=True)]
    assert added == figures_of(whole)


@given(SPELLS.flatmap(lambda spells: st.tuples(st.just(spells), st.permutations(spells))), WATCHES)
def test_the_order_in_which_spells_are_read_means_nothing(
    orders: tuple[list[Spell], list[Spell]], watched: list[Span]
) -> None:
    first, second_ = (books_of(spells, watched, [], (START, END)) for spells in orders)

    assert first == second_


WORKED = [
    spell("00:00", "06:00", "served"),
    spell("06:00", "06:40", "dark", "card"),
    spell("06:40", "09:00", "served"),
    spell("09:00", "10:30", "maintenance", "card"),
    spell("10:30", "13:00", "served"),
    spell("13:00", "14:00", "degraded", "mains"),
    spell("14:00", "15:10", "dark", "mains"),
    spell("15:10", "20:00", "served"),
    spell("20:00", "20:03", "dark"),
    spell("20:03", None, "served"),
]
"""The example of docs/operations/books.md."""


def test_the_worked_example_of_the_documents() -> None:
    watched = [(START, second("22:00")), (second("22:30"), END)]
    agreed = [(second("09:00"), second("10:00"))]

    (day,) = books_of(WORKED, watched, agreed, (START, END))

    minutes = {
        name: getattr(day, name) / 60
        for name in ("down", "down_net", "down_network", "degraded", "unknown")
    }
    assert minutes == {
        "down": 203,
        "down_net": 143,
        "down_network": 73,
        "degraded": 60,
        "unknown": 30,
    }
    assert {cause: seconds / 60 for cause, seconds in day.causes.items() if seconds} == {
        Cause.ACCESS: 70,
        Cause.MAINTENANCE: 60,
        Cause.MAINS: 70,
        Cause.UNKNOWN: 3,
    }
    assert day.gross == Outages(sustained=3, momentary=1)
    assert day.net == Outages(sustained=3, momentary=1)
    assert day.network == Outages(sustained=2, momentary=1)


@pytest.mark.parametrize(
    ("seconds", "counted"),
    [
        (59, Outages()),
        (60, Outages(momentary=1)),
        (300, Outages(momentary=1)),
        (301, Outages(sustained=1)),
    ],
)
def test_an_outage_is_sustained_beyond_five_minutes_and_momentary_from_one(
    seconds: int, counted: Outages
) -> None:
    spells = [
        Spell(START, START + 500, "served"),
        Spell(START + 500, START + 500 + seconds, "dark"),
        Spell(START + 500 + seconds, None, "served"),
    ]

    (day,) = books_of(spells, [(START, END)], [], (START, END))

    assert day.gross == counted


def test_an_outage_over_midnight_is_counted_once_on_the_day_on_which_it_began() -> None:
    spells = [Spell(START, END - 60, "served"), Spell(END - 60, END + 600, "dark")]

    today, tomorrow = books_of(spells, [(START, END + 5000)], [], (START, END), (END, END + 5000))

    assert (today.down, today.gross) == (60, Outages(sustained=1))
    assert (tomorrow.down, tomorrow.gross) == (600, Outages())


def test_time_in_which_nothing_was_seen_does_not_end_an_outage_unless_it_is_a_day() -> None:
    spells = [Spell(START, START + 200, "dark"), Spell(START + 500, START + 700, "dark")]

    (day,) = books_of(spells, [(START - 5000, END)], [], (START, END))

    assert (day.down, day.gross) == (400, Outages(sustained=1))
    later = [spells[0], Spell(END - 100, END + 400, "dark")]
    longer = [replace(spells[0], until=START + 400), Spell(END + 400, END + 800, "dark")]
    assert books_of(later, [(START, END + 5000)], [], (START, END + 5000))[0].gross == Outages(1)
    assert books_of(longer, [(START, END + 5000)], [], (START, END + 5000))[0].gross == Outages(2)


def test_mains_are_the_customers_own_and_an_empty_battery_is_the_networks() -> None:
    spells = [
        spell("01:00", "02:00", "dark", "mains"),
        spell("03:00", "05:00", "dark", "battery"),
    ]

    (day,) = books_of(spells, [(START, END)], [], (START, END))

    assert (day.causes[Cause.MAINS], day.causes[Cause.BATTERY]) == (3600, 7200)
    assert day.down_network == 7200


def test_work_in_progress_is_an_outage_only_while_no_link_is_seen_to_work() -> None:
    circumstances = Circumstances(TOPOLOGY, {("node", "olt"): [(START, END)]}, BLAMES)
    span = (START, END)
    village = settle([spell("01:00", "04:00", "maintenance", "card")], [span], span)
    links = [
        settle([spell("01:00", "03:00", "maintenance", "card"), spell("03:00", None, "up")],
               [span], span),
        settle([spell("00:00", "02:00", "up"), spell("02:00", None, "maintenance", "card")],
               [span], span),
    ]  # fmt: skip

    pieces = circumstances.village_pieces("v", village, links)
    day = book(pieces, outages(pieces), span)

    assert (day.down, day.degraded, day.down_net) == (3600, 7200, 0)


def test_local_days_are_cut_at_midnight_in_ho_chi_minh_city() -> None:
    days = list(days_between(DAY, DAY.replace(day=11)))

    assert [span_of(day)[1] - span_of(day)[0] for day in days] == [86_400] * 3
    assert span_of(DAY)[0] % 86_400 == 17 * 3600
