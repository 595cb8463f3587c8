"""Notices and duties: what was worth telling, and what was written down beside."""

import pytest

from simulators.score.duties import Duties, count_duties
from simulators.score.matching import match
from simulators.score.notices import Notices, count_notices
from tests.simulators.score.make import (
    Object,
    fault_line,
    make_log,
    make_truth,
    opening,
    run_line,
)

DAY = 24 * 60.0


def notices(truth_lines: list[Object], *said: Object, run: Object | None = None) -> Notices:
    truth = make_truth(*truth_lines, run=run)
    return count_notices(truth, match(truth, make_log(*said)))


def test_precision_is_matched_of_opened() -> None:
    said = [
        opening(31, "told"),
        opening(32, "again"),
        opening(33, "wrong", villages=["v2"]),
        opening(34, "wrong too", "pipeline", villages=[]),
    ]
    counts = notices([fault_line("cut", 30, 60)], *said)
    assert (counts.matched, counts.extra, counts.false, counts.opened) == (1, 1, 2, 4)
    assert counts.precision == 0.25


def test_tickets_remarks_and_records_are_not_opened() -> None:
    said = [
        opening(31, "ticket", "device"),
        opening(32, "stuck", "sensor"),
        opening(33, "remark", "info"),
        opening(34, "record", notified=False),
    ]
    assert notices([], *said).opened == 0


def test_an_outage_for_a_lone_device_is_opened() -> None:
    device = fault_line("dead", 30, 60, expect="ticket", devices=["v1-p1"])
    counts = notices([{**device, "class": "device"}], opening(31, root=["v1-p1"]))
    assert (counts.opened, counts.precision) == (1, 0)


def test_a_remark_that_is_allowed_is_neither_right_nor_wrong() -> None:
    counts = notices([fault_line("path", 30, 60, expect="info")], opening(31, "r", "degradation"))
    assert (counts.opened, counts.precision) == (0, 1)


def test_a_short_fault_may_be_told_and_need_not() -> None:
    fault = fault_line("blink", 30, 31)
    assert notices([fault], opening(30.5)).precision == 1
    assert notices([fault]).expected == 0


@pytest.mark.parametrize(("faults", "precision"), [(0, 1.0), (1, 0.0)])
def test_saying_nothing_is_right_if_there_was_nothing_to_say(faults: int, precision: float) -> None:
    assert notices([fault_line("cut", 30, 60)][:faults]).precision == precision


def test_what_is_said_before_the_warm_up_is_over_does_not_count() -> None:
    assert notices([], opening(4.9), opening(5, "i2")).false == 1


def test_false_incidents_are_scaled_to_a_day_and_to_1000_devices() -> None:
    run = run_line(lasts=5 + DAY / 2, devices=500)
    counts = notices([], *(opening(minute, str(minute)) for minute in range(10, 20)), run=run)
    assert counts.false_a_day == pytest.approx(20)
    assert counts.false_a_day_of_1000 == pytest.approx(40)
    assert counts.quiet_week == pytest.approx(20 * 7 * 7_900 / 500)


def test_only_runs_without_faults_are_quiet() -> None:
    fault = fault_line("skew", 30, 60, expect="none", category="none")
    assert notices([fault], opening(31)).quiet_week is None


def test_counts_of_runs_add_up() -> None:
    one = Notices(1, 1, 2, 3, 10.0, 0.5, 3, 10.0)
    assert one + Notices(1, 0, 1, 1, 5.0, 0.5, 0, 0.0) == Notices(2, 1, 3, 4, 15.0, 1.0, 3, 10.0)


def duties(truth_lines: list[Object], *said: Object) -> Duties:
    return count_duties(make_truth(*truth_lines), make_log(*said))


def test_announced_work_is_to_be_recorded_without_a_notice() -> None:
    work = fault_line("work", 30, 60, expect="record", planned=True)
    assert duties([work], opening(31, notified=False)) == Duties(works=1, recorded=1)
    assert duties([work], opening(31)) == Duties(works=1, recorded=0)


def test_each_broken_device_is_to_get_a_ticket_in_time() -> None:
    broken = {
        **fault_line("dead", 30, 60, expect="ticket", devices=["d1", "d2", "d3"]),
        "class": "device",
    }
    said = [
        opening(31, "1", "device", root=["d1"]),
        opening(32, "2", "outage", root=["d2"]),
        opening(61, "3", "device", root=["d3"]),
        opening(62, "4", "device", root=["d9"]),
    ]
    assert duties([broken], *said) == Duties(broken=3, ticketed=1)
    assert duties([broken]) == Duties(broken=3, ticketed=0)
