"""Incidents: how lines become incidents, and what is said of a file that is wrong."""

from pathlib import Path

import pytest

from simulators.score.errors import LogError
from simulators.score.incidents import read_incidents, salvage_incidents
from tests.simulators.score.make import (
    Object,
    clearing,
    held,
    make_log,
    moment,
    opening,
    text,
    update,
    written,
)


def test_lines_of_one_name_are_one_incident() -> None:
    (incident,) = make_log(
        opening(10, villages=["v1"], root=["card"]),
        update(11, villages=["v2"], root=["olt"]),
        update(12, links=["l1"]),
        clearing(40),
    ).incidents
    assert (incident.opened_at, incident.told_at, incident.cleared_at) == (
        moment(10),
        moment(10),
        moment(40),
    )
    assert incident.villages == {"v1", "v2"}
    assert incident.links == {"l1"}
    assert incident.root == {"olt"}


def test_people_are_told_by_the_first_notified_line_of_an_opened_class() -> None:
    (incident,) = make_log(
        opening(10, as_class="device"),
        update(11, notified=False, **{"class": "outage"}),
        update(12),
        update(13, **{"class": "degradation"}),
    ).incidents
    assert incident.told_at == moment(12)
    assert incident.incident_class == "outage"


def test_a_ticket_and_a_record_tell_people_of_no_incident() -> None:
    ticket, record = make_log(
        opening(10, "ticket", "device"),
        opening(11, "record", notified=False, planned=True),
        clearing(20, "record", notified=False),
    ).incidents
    assert (ticket.told_at, ticket.incident_class) == (None, "device")
    assert (record.told_at, record.planned) == (None, True)


def test_an_opening_after_the_clearing_is_another_incident() -> None:
    first, second = make_log(opening(10), clearing(12), opening(15), clearing(20)).incidents
    assert (first.cleared_at, second.opened_at) == (moment(12), moment(15))


def test_three_updates_are_no_notice_and_a_second_opening_is() -> None:
    (calm,) = make_log(opening(10), update(11), update(12), update(13), clearing(14)).incidents
    (loud,) = make_log(
        opening(10), opening(11), update(12), update(13), update(14), update(15)
    ).incidents
    assert (calm.notices, loud.notices) == (1, 3)


def test_a_file_may_have_a_header_unknown_kinds_and_unknown_fields(tmp_path: Path) -> None:
    path = tmp_path / "incidents.jsonl"
    path.write_text(
        written(
            {"kind": "header", "format": "srepok-incidents/1", "at": text(0)},
            {"kind": "thought", "at": text(1)},
            opening(10, mood="grim"),
            held(11, "dark"),
        )
    )
    log = read_incidents(path)
    assert (len(log.incidents), len(log.books)) == (1, 1)


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "incidents.jsonl"
    path.write_text("")
    assert read_incidents(path).incidents == ()


def test_what_a_book_says_of_the_future_counts_from_now() -> None:
    (line,) = make_log(held(10, "dark", since=12)).books
    assert line.begins == moment(10)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([opening(10), opening(9, "i2")], "2: at: it is before that of an earlier line"),
        ([update(10)], "1: incident 'i1': action 'update': it was never opened"),
        ([clearing(10)], "1: incident 'i1': action 'clear': it was never opened"),
        ([opening(10, as_class=None)], "1: incident 'i1': class: it must be given"),
        ([opening(10, as_class="flood")], "1: class: Input should be 'outage'"),
        ([opening(10, villages="v1")], "1: villages: Input should be"),
        ([held(10, "asleep")], "1: state: Input should be 'served'"),
        ([held(10, "dark", p_down=1.5)], "1: p_down: Input should be less than or equal to 1"),
        ([{"kind": "header", "format": "srepok-incidents/9"}], "1: format: Input should be"),
    ],
)
def test_a_wrong_line_is_named(lines: list[Object], message: str, tmp_path: Path) -> None:
    path = tmp_path / "incidents.jsonl"
    path.write_text(written(*lines))
    with pytest.raises(LogError) as caught:
        read_incidents(path)
    assert str(caught.value).startswith(f"{path}:{message}")


def test_what_a_dead_watcher_wrote_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "incidents.jsonl"
    path.write_text(written(opening(10)) + '{"kind":"incid')
    log, problem = salvage_incidents(path)
    assert len(log.incidents) == 1
    assert problem is not None
    assert problem.startswith(f"{path}:2: Invalid JSON")
    assert salvage_incidents(tmp_path / "none")[0].incidents == ()
