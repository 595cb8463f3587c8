"""Macros and variables, as Grafana's documentation and its data source say."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboards.errors import QueryError
from dashboards.expand import expand
from dashboards.screen import Chosen, Screen
from dashboards.time_range import TimeRange, interval_text

TIME = TimeRange(
    datetime(2026, 11, 24, 17, tzinfo=UTC), datetime(2026, 11, 25, 17, 0, 0, 500_000, tzinfo=UTC)
)


def screen(**chosen: Chosen) -> Screen:
    return Screen(TIME, timedelta(minutes=1), chosen)


@pytest.mark.parametrize(
    ("sql", "expanded"),
    [
        ("$__time(at)", 'at AS "time"'),
        ("$__timeEpoch(at)", 'extract(epoch from at) as "time"'),
        (
            "WHERE $__timeFilter(m.at)",
            "WHERE m.at BETWEEN '2026-11-24T17:00:00Z' AND '2026-11-25T17:00:00.5Z'",
        ),
        ("at >= $__timeFrom()", "at >= '2026-11-24T17:00:00Z'"),
        ("at <= $__timeTo()", "at <= '2026-11-25T17:00:00.5Z'"),
        ("$__timeGroup(at, '5m')", "time_bucket('300.000s',at)"),
        ("$__timeGroup(at,5m) AS t", "time_bucket('300.000s',at) AS t"),
        ("$__timeGroup(at, $__interval)", "time_bucket('60.000s',at)"),
        # A comma right behind it: the older way of writing, in which it names the column too.
        ("$__timeGroup(at, 1h), x", "time_bucket('3600.000s',at) AS \"time\", x"),
        ("$__timeGroupAlias(at, 1d)", "time_bucket('86400.000s',at) AS \"time\""),
        ("$__unixEpochFilter(at)", "at >= 1795539600 AND at <= 1795626000"),
        ("$__unixEpochFrom()", "1795539600"),
        ("$__unixEpochTo()", "1795626000"),
        ("$__unixEpochNanoFrom()", "1795539600000000000"),
        ("$__unixEpochNanoTo()", "1795626000500000000"),
        ("$__unixEpochGroup(at, 5m)", "floor((at)/300)*300"),
        ("$__unixEpochGroupAlias(at, 5m)", 'floor((at)/300)*300 AS "time"'),
        ("'$__interval' $__interval_ms", "'1m' 60000"),
        ("$__range $__range_s $__range_ms", "86400s 86400 86400500"),
        ("$__from ${__to} ${__from:date:seconds}", "1795539600000 1795626000500 1795539600"),
        ("${__to:date:iso} ${__from:date}", "2026-11-25T17:00:00.500Z 2026-11-24T17:00:00.000Z"),
        ("${__user.login}", "admin"),
        ("cost $1 and $$text$$", "cost $1 and $$text$$"),
    ],
)
def test_macros_and_global_variables(sql: str, expanded: str) -> None:
    assert expand(sql, screen()) == expanded


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("$__nothing(at)", "unknown macro '__nothing'"),
        ("$__timeGroup(at)", "needs 2 arguments"),
        ("$__timeGroup(at, often)", "error parsing interval often"),
        ("${commune:yaml}", "no format :yaml"),
    ],
)
def test_what_grafana_does_not_know_is_an_error(sql: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        expand(sql, screen(commune=Chosen(("1",))))


def test_brackets_inside_of_a_macro_end_it_too_early_as_in_grafana() -> None:
    assert expand("$__timeFilter(f(at))", screen()).startswith("f(at BETWEEN")


TWO = Chosen(("22015", "Ea H'leo"))


@pytest.mark.parametrize(
    ("sql", "expanded"),
    [
        ("IN ($x)", "IN ('22015','Ea H''leo')"),
        ("IN (${x})", "IN ('22015','Ea H''leo')"),
        ("IN ([[x]])", "IN ('22015','Ea H''leo')"),
        ("IN (${x:sqlstring})", "IN ('22015','Ea H''leo')"),
        ("${x:csv}", "22015,Ea H'leo"),
        ("${x:raw}", "22015,Ea H'leo"),
        ("${x:singlequote}", "'22015','Ea H\\'leo'"),
        ("${x:doublequote}", '"22015","Ea H\'leo"'),
        ("${x:pipe}", "22015|Ea H'leo"),
        ("${x:glob}", "{22015,Ea H'leo}"),
        ("${x:json}", '["22015", "Ea H\'leo"]'),
        ("${x:text}", "22015 + Ea H'leo"),
        ("$xy", "$xy"),
    ],
)
def test_several_values(sql: str, expanded: str) -> None:
    assert expand(sql, screen(x=TWO)) == expanded


def test_one_value_of_a_variable_that_may_have_several_is_quoted() -> None:
    assert expand("IN ($x)", screen(x=Chosen(("Ea H'leo",)))) == "IN ('Ea H''leo')"


def test_the_value_of_a_variable_that_has_one_is_not_quoted_but_made_safe() -> None:
    one = Chosen(("Ea H'leo",), several=False)
    assert expand("= '$x'", screen(x=one)) == "= 'Ea H''leo'"
    assert expand("= ${x:sqlstring}", screen(x=one)) == "= 'Ea H''leo'"


def test_a_text_for_all_goes_in_as_it_stands_whatever_the_format() -> None:
    everything = Chosen(("1", "2"), all_text="''")
    assert expand("IN ($x) ${x:sqlstring} ${x:csv}", screen(x=everything)) == "IN ('') '' ''"


def test_variables_are_replaced_before_macros() -> None:
    column = Chosen(("observed_at",), several=False)
    assert expand("$__time($column)", screen(column=column)) == 'observed_at AS "time"'


@pytest.mark.parametrize(
    ("span", "points", "step"),
    [
        (timedelta(hours=6), 1000, "20s"),
        (timedelta(hours=24), 1000, "1m"),
        (timedelta(days=2), 1000, "2m"),
        (timedelta(days=7), 1000, "10m"),
        (timedelta(days=30), 1000, "30m"),
        (timedelta(days=90), 1000, "2h"),
        (timedelta(days=365), 1000, "6h"),
        (timedelta(days=3650), 1000, "1d"),
        (timedelta(days=30), 12, "1d"),
    ],
)
def test_the_step_of_a_time(span: timedelta, points: int, step: str) -> None:
    end = datetime(2026, 11, 25, tzinfo=UTC)
    assert interval_text(TimeRange(end - span, end).step(points)) == step


def test_a_panel_may_ask_for_a_longer_step() -> None:
    assert TIME.step(least=timedelta(minutes=5)) == timedelta(minutes=5)
    assert interval_text(timedelta(milliseconds=500)) == "500ms"
