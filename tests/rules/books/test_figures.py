"""Figures of many places, by hand and on random sums."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.books.causes import Cause, cause_of
from rules.books.figures import Book, Counted, Estimate, Sums, figures_of
from rules.books.formats import percent, percent_estimate
from rules.books.major import ENOUGH_DAYS, major_days, threshold
from rules.books.present import VillageNow, shares

MONTH = 31 * 86_400
# Village A of 300 households: 60 minutes down, 20 of them agreed work. Village B of 100
# households: 100 minutes down by its mains, and a momentary outage of 2 minutes.
WORKED = Sums(
    days=31,
    household_days=31 * 400,
    elapsed=400 * MONTH,
    degraded=100 * 400 * 60,
    down=(300 * 60 + 100 * 102) * 60,
    unknown=0,
    causes={
        Cause.MAINTENANCE: 300 * 20 * 60,
        Cause.ACCESS: 300 * 40 * 60,
        Cause.MAINS: 100 * 100 * 60,
        Cause.UNKNOWN: 100 * 2 * 60,
    },
    outages={
        Book.GROSS: Counted(sustained=400, momentary=100),
        Book.NET: Counted(sustained=400, momentary=100),
        Book.NETWORK: Counted(sustained=300, momentary=100),
    },
)


def test_the_second_worked_example_of_the_documents() -> None:
    figures = figures_of(WORKED)

    assert (figures.households, figures.observed, figures.degraded) == (400, 1, 100)
    gross, net, network = (figures.books[book] for book in Book)
    assert [each.saidi.least for each in (gross, net, network)] == [70.5, 55.5, 30.5]
    assert [each.saifi for each in (gross, net, network)] == [1, 1, 0.75]
    assert (gross.caidi, gross.maifi) == (70.5, 0.25)
    assert network.caidi == pytest.approx(40.667, abs=0.001)
    shown = [percent_estimate(each.availability) for each in (gross, net, network)]
    assert shown == ["99.842", "99.876", "99.932"]
    assert gross.asai == gross.availability


def test_below_95_percent_observed_there_are_two_figures_and_never_one() -> None:
    unknown = 400 * MONTH // 10

    figures = figures_of(replace(WORKED, unknown=unknown))

    gross = figures.books[Book.GROSS]
    assert figures.observed == pytest.approx(0.9)
    assert not gross.availability.is_one
    assert gross.availability.most == pytest.approx(1 - 70.5 / (31 * 1440))
    assert gross.availability.least == pytest.approx(gross.availability.most - 0.1)
    assert gross.saidi.least == 70.5
    assert gross.saidi.most == pytest.approx(70.5 + 4464)
    assert percent_estimate(gross.availability) == "89.84-99.84"


def test_from_95_percent_observed_the_availability_is_that_of_the_observed_time() -> None:
    figures = figures_of(replace(WORKED, unknown=400 * MONTH // 20))

    gross = figures.books[Book.GROSS]
    assert gross.availability.is_one
    assert gross.availability.least == pytest.approx(1 - 70.5 / (31 * 1440 * 0.95))
    assert gross.asai.least == pytest.approx(1 - 70.5 / (31 * 1440))


@given(
    st.integers(1, 10**6).flatmap(
        lambda elapsed: st.tuples(
            st.just(elapsed),
            st.integers(0, elapsed).flatmap(
                lambda down: st.tuples(st.just(down), st.integers(0, elapsed - down))
            ),
        )
    )
)
def test_what_is_shown_lies_between_all_unknown_down_and_all_of_it_up(
    drawn: tuple[int, tuple[int, int]],
) -> None:
    elapsed, (down, unknown) = drawn
    sums = Sums(1, 1, elapsed, 0, down, unknown, {Cause.UNKNOWN: down})

    for book in figures_of(sums).books.values():
        assert 0 <= book.availability.least <= book.availability.most <= 1
        least, most = 1 - (down + unknown) / elapsed, 1 - down / elapsed
        assert least - 1e-9 <= book.availability.least
        assert book.availability.most <= most + 1e-9


def test_places_without_households_have_no_figures() -> None:
    assert figures_of(replace(WORKED, household_days=0)).books == {}


@pytest.mark.parametrize(
    ("share", "shown"), [(1, "100.00"), (0.999999, "99.99"), (0.5, "50.00"), (0, "0.00")]
)
def test_what_is_not_all_is_never_shown_as_all(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("kind", "fed", "mobile", "cause"),
    [
        ("power_feeder", True, False, Cause.MAINS),
        ("power_substation", False, False, Cause.BATTERY),
        ("aggregation", True, False, Cause.BACKHAUL),
        ("site", True, True, Cause.RADIO),
        ("cell", True, True, Cause.RADIO),
        ("olt", True, False, Cause.ACCESS),
        ("card", True, False, Cause.ACCESS),
        ("splitter", True, False, Cause.ACCESS),
        ("link", True, False, Cause.ACCESS),
        ("link", True, True, Cause.RADIO),
        ("operator_core", True, False, Cause.CORE),
        ("operator", True, True, Cause.CORE),
        ("village", True, False, Cause.UNKNOWN),
        ("device", True, False, Cause.UNKNOWN),
        ("", True, False, Cause.UNKNOWN),
    ],
)
def test_each_kind_of_root_has_a_cause(kind: str, cause: Cause, *, fed: bool, mobile: bool) -> None:
    assert cause_of(kind, fed=fed, mobile=mobile) is cause


def test_a_major_event_day_stands_out_of_the_history() -> None:
    first = date(2026, 3, 1)
    history = [1.0 + day % 7 for day in range(ENOUGH_DAYS)]

    limit = threshold([*history, 0.0])

    assert limit is not None
    assert max(history) < limit < 100
    days = {first: 100.0, first - timedelta(days=1): 100.0, first + timedelta(days=1): 5.0}
    assert major_days(days, first, limit) == {first: 100.0}


def test_too_little_history_tells_no_major_event_day() -> None:
    assert threshold([1.0] * (ENOUGH_DAYS - 1) + [0.0] * 100) is None


def test_people_have_what_a_link_of_their_village_has_now() -> None:
    place: dict[str, Any] = {"commune": "24133", "households": 100}
    villages = [
        VillageNow(1000, "served", any_link=2, mobile_4g=2, mobile_5g=2, **place),
        VillageNow(500, "degraded", any_link=2, mobile_4g=0, mobile_5g=None, **place),
        VillageNow(300, "dark", any_link=0, mobile_4g=0, mobile_5g=None, **place),
        VillageNow(200, "unknown", any_link=1, mobile_4g=1, mobile_5g=1, **place),
        VillageNow(0, "maintenance", any_link=2, mobile_4g=None, mobile_5g=None, **place),
    ]

    broadband, with_4g, with_5g = shares(villages, by_links=False)

    assert (broadband.whole, broadband.now, broadband.built) == (5, Estimate(0.6, 0.8), 1)
    assert (with_4g.whole, with_4g.now, with_4g.built) == (2000, Estimate(0.5, 0.6), 1)
    assert (with_5g.now, with_5g.built, with_5g.unknown) == (Estimate(0.5, 0.6), 0.6, 0.1)
