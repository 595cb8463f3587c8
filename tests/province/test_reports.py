"""Reports, statuses, events and their instants."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from province.instants import format_instant, parse_instant
from province.presence import Event, Status
from province.reports import LinkReport, SensorReport


def make_report(**changes: object) -> dict[str, Any]:
    return {
        "observed_at": "2026-11-23T20:37:00+07:00",
        "boot_id": 3,
        "seq": 77,
        "values": {"power": "mains", "rtt_p50_ms": 12.5},
    } | changes


def refusal(changes: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        LinkReport.model_validate_json(json.dumps(make_report(**changes)))
    return [
        (".".join(map(str, detail["loc"])), str(detail["type"])) for detail in caught.value.errors()
    ]


def test_a_report_is_read_with_its_time_in_utc() -> None:
    report = LinkReport.model_validate_json(json.dumps(make_report()))
    assert report.observed_at == datetime(2026, 11, 23, 13, 37, tzinfo=UTC)
    assert report.values.rtt_p50_ms == 12.5
    assert report.values.loss_percent is None
    assert report.backfill is False


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"seq": -1}, [("seq", "greater_than_equal")]),
        ({"seq": 2**63}, [("seq", "less_than_equal")]),
        ({"seq": "7"}, [("seq", "int_type")]),
        ({"boot_id": True}, [("boot_id", "int_type")]),
        ({"backfill": 1}, [("backfill", "bool_type")]),
        ({"surprise": 1}, [("surprise", "extra_forbidden")]),
        ({"values": {"battery_percent": 101}}, [("values.battery_percent", "less_than_equal")]),
        ({"values": {"rtt_p50_ms": "12"}}, [("values.rtt_p50_ms", "float_type")]),
        ({"values": {"power": "solar"}}, [("values.power", "literal_error")]),
        ({"values": {"clients": 2**31}}, [("values.clients", "less_than_equal")]),
    ],
)
def test_a_wrong_field_is_refused_by_name(
    changes: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert refusal(changes) == found


def test_not_a_number_is_refused() -> None:
    payload = json.dumps(make_report()).replace("12.5", "NaN")
    with pytest.raises(ValidationError):
        LinkReport.model_validate_json(payload)


def test_values_outside_the_link_fields_are_kept_aside() -> None:
    report = LinkReport.model_validate_json(json.dumps(make_report(values={"door_open": 1})))
    assert report.values.model_extra == {"door_open": 1}


def test_a_sensor_report_takes_any_values() -> None:
    report = SensorReport.model_validate_json(json.dumps(make_report(values={"pm25": 12})))
    assert report.values == {"pm25": 12}


@pytest.mark.parametrize(
    ("wire", "instant"),
    [
        ("2026-11-23T13:37:00Z", datetime(2026, 11, 23, 13, 37, tzinfo=UTC)),
        ("2026-11-23T20:37:00.250+07:00", datetime(2026, 11, 23, 13, 37, 0, 250_000, UTC)),
        # Leap seconds are of the last minute of a day in UTC.
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("2017-01-01T06:59:60.500+07:00", datetime(2017, 1, 1, 0, 0, 0, 500_000, UTC)),
        (1_795_441_020_250, datetime(2026, 11, 23, 13, 37, 0, 250_000, UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (-1, datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC)),
    ],
)
def test_instants_are_rfc_3339_or_epoch_milliseconds(wire: object, instant: datetime) -> None:
    assert parse_instant(wire) == instant


@pytest.mark.parametrize(
    "wire",
    [
        "2026-11-23T13:37:00",
        "2026-11-23",
        "2026-W48-1T13:37:00Z",
        "20261123T133700Z",
        "yesterday",
        "1795441020250",
        1_795_441_020.25,
        True,
        None,
        10**18,
        -(10**18),
        "0001-01-01T00:00:00+14:00",
        "2016-12-31T23:59:60",
        "2016-12-31T23:59:61Z",
        "2016-12-31T12:34:60Z",
        "2016-12-31T23:59:60+07:00",
        "9999-12-31T23:59:60Z",
    ],
)
def test_an_instant_that_leaves_a_guess_is_refused(wire: object) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_instant(wire)


@given(
    st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
        datetime(2200, 1, 1),  # noqa: DTZ001 - the same
        timezones=st.just(UTC),
    )
)
def test_an_instant_survives_being_written_to_the_millisecond(instant: datetime) -> None:
    assert (
        timedelta(0) <= instant - parse_instant(format_instant(instant)) < timedelta(milliseconds=1)
    )


def test_a_status_may_lack_a_time_and_an_event_may_not() -> None:
    status = Status.model_validate_json('{"state":"offline","boot_id":1,"connection":2}')
    assert status.observed_at is None
    with pytest.raises(ValidationError):
        Event.model_validate_json('{"event":"boot","boot_id":1,"seq":2}')
