"""What a YAML file says is done: values, times, devices, items, and refusals by name."""

import json
from datetime import timedelta
from typing import Any

import pytest

from gateway.adapters.declared import DeclaredAdapter
from gateway.translation import Incoming
from province.topics import Channel
from tests.gateway.adapters.conftest import NOW
from tests.gateway.adapters.make import REPORT, handed, make_adapter, refused, values_of


def with_value(rule: str) -> DeclaredAdapter:
    return make_adapter(REPORT.replace("air_temperature_c: body.t", rule))


@pytest.mark.parametrize(
    ("rule", "given", "metric", "expected"),
    [
        ("air_temperature_c: body.t", 21.5, "air_temperature_c", 21.5),
        ("air_temperature_c: {from: body.t, unit: degF}", 77, "air_temperature_c", 25),
        ("air_temperature_c: {from: body.t, times: 0.1}", 238, "air_temperature_c", 23.8),
        ("humidity_percent: {from: body.t, unit: /}", 0.54, "humidity_percent", 54),
        ("pressure_hpa: {from: body.t, unit: kPa}", 95.96, "pressure_hpa", 959.6),
        ("power_kw: {from: body.t, times: 2, over: 4, plus: 1, unit: W}", 10, "power_kw", 0.006),
        ('switch_on: {from: body.t, map: {"ON": 1, "OFF": 0}}', "ON", "switch_on", 1),
        ('switch_on: {from: body.t, map: {"true": 1, "false": 0}}', False, "switch_on", 0),
        ("air_temperature_c: {from: body.t, parse: true}", " -3.5e0 ", "air_temperature_c", -3.5),
        ("air_temperature_c: [body.absent, body.t]", 4, "air_temperature_c", 4),
        ("air_temperature_c: {from: 'body.[t]'}", 4, "air_temperature_c", 4),
        ('power: {from: body.t, map: {"1": mains}}', 1, "power", "mains"),
    ],
)
def test_a_value_is_converted(rule: str, given: object, metric: str, expected: object) -> None:
    outcome = handed(with_value(rule), {"id": "a", "t": given})
    assert values_of(outcome) == {metric: pytest.approx(expected)}
    assert outcome.refusals == []


@pytest.mark.parametrize(
    ("rule", "given", "reason", "said"),
    [
        ("air_temperature_c: body.t", "21", "invalid", "body.t: '21' is text, where a number"),
        ("air_temperature_c: body.t", True, "invalid", "True is no number"),
        ("air_temperature_c: body.t", [1, 2], "invalid", "[1, 2] are several"),
        ("air_temperature_c: body.t", {"v": 1}, "invalid", "{'v': 1} is no number"),
        ("air_temperature_c: body.t", 99, "out_of_range", "99 is outside -30 to 65 degC of air_"),
        ("air_temperature_c: body.t", 10**200, "out_of_range", "is outside -30 to 65"),
        ("air_temperature_c: body.t", float("nan"), "out_of_range", "nan is not finite"),
        ("air_temperature_c: {from: body.t, times: 10}", 9, "out_of_range", "9, which is 90.0, is"),
        (
            "air_temperature_c: {from: body.t, parse: true}",
            "12 C",
            "invalid",
            "'12 C' is no number",
        ),
        ('switch_on: {from: body.t, map: {"ON": 1}}', "on", "invalid", "'on' is none of ON"),
        ('power: {from: body.t, map: {"1": gas}}', 1, "invalid", "'gas': Input should be 'mains'"),
        ("co_mgm3: {from: body.t, unit_from: body.u}", 5, "invalid", "body.t: no unit is said"),
    ],
)
def test_a_value_that_cannot_be_taken_is_refused_with_its_field(
    rule: str, given: object, reason: str, said: str
) -> None:
    outcome = handed(with_value(rule), {"id": "a", "t": given})
    assert outcome.translated == []
    assert [one for one, _ in refused(outcome) if one != "unknown_field"] == [reason]
    assert any(said in detail for _, detail in refused(outcome)), refused(outcome)


def test_a_wrong_value_does_not_cost_the_others() -> None:
    report = REPORT + "          humidity_percent: body.h\n"
    outcome = handed(make_adapter(report), {"id": "a", "t": "warm", "h": 40})
    assert values_of(outcome) == {"humidity_percent": 40}
    assert [reason for reason, _ in refused(outcome)] == ["invalid"]


@pytest.mark.parametrize("nothing", [None, -127])
def test_what_was_not_measured_is_no_value(nothing: object) -> None:
    adapter = with_value("air_temperature_c: {from: body.t, no_value: [-127]}")
    outcome = handed(adapter, {"id": "a", "t": nothing})
    assert (outcome.translated, outcome.refusals) == ([], [])
    assert [one.because for one in outcome.ignored] == ["nothing in it is a reading"]


def test_the_unit_may_stand_in_the_message() -> None:
    adapter = with_value("co_mgm3: {from: body.t, unit_from: body.u, unit: mg/m3}")
    assert values_of(handed(adapter, {"id": "a", "t": 5000, "u": "ug/m3"})) == {"co_mgm3": 5}
    assert values_of(handed(adapter, {"id": "a", "t": 5})) == {"co_mgm3": 5}
    assert (
        "unit 'bananas' is not known"
        in refused(handed(adapter, {"id": "a", "t": 5, "u": "bananas"}))[0][1]
    )


@pytest.mark.parametrize(
    ("rule", "given", "expected"),
    [
        ("body.at", "2026-11-25T12:00:00.123456789+07:00", "2026-11-25T05:00:00.123Z"),
        ('{from: body.at, zone: "+07:00"}', "2026-11-25T12:00:00", "2026-11-25T05:00:00.000Z"),
        ('{from: body.at, zone: "+07:00"}', "2026-11-25T12:00:00Z", "2026-11-25T12:00:00.000Z"),
        ("{from: body.at, zone: Europe/Madrid}", "2026-07-01 12:00", "2026-07-01T10:00:00.000Z"),
        ("body.at", "2026-11-25T12:00:00Z/2026-11-25T12:05:00Z", "2026-11-25T12:05:00.000Z"),
        ("{from: body.at, format: epoch_s}", 1795600000.5, "2026-11-25T09:46:40.500Z"),
        ("{from: body.at, format: epoch_ms}", 1795600000123, "2026-11-25T09:46:40.123Z"),
        ("{from: body.at, format: epoch_us}", 1795600000123456, "2026-11-25T09:46:40.123Z"),
        ("{from: body.at, format: epoch_ns}", 1795600000123456789, "2026-11-25T09:46:40.123Z"),
        ("[body.absent, received_at]", None, "2026-11-25T12:00:00.000Z"),
    ],
)
def test_a_time_is_read_as_the_adapter_says(rule: str, given: object, expected: str) -> None:
    adapter = make_adapter(REPORT.replace("time: received_at", f"time: {rule}"))
    (translated,) = handed(adapter, {"id": "a", "t": 1, "at": given}).translated
    assert translated.record["observed_at"] == expected


@pytest.mark.parametrize(
    ("rule", "given", "reason", "said"),
    [
        ("body.at", None, "no_time", "no time: body.at is not there"),
        ("body.at", "2026-11-25T12:00:00", "invalid", "the adapter may say zone"),
        ("body.at", 1795600000, "invalid", "the adapter may say format: epoch_s or epoch_ms"),
        ("body.at", "yesterday", "invalid", "'yesterday' is not RFC 3339"),
        ("{from: body.at, format: epoch_s}", 1e300, "invalid", "outside the years 1 to 9999"),
        ("{from: body.at, format: epoch_s}", "1795600000", "invalid", "is text, where a number"),
    ],
)
def test_a_report_without_a_good_time_is_refused(
    rule: str, given: object, reason: str, said: str
) -> None:
    adapter = make_adapter(REPORT.replace("time: received_at", f"time: {rule}"))
    outcome = handed(adapter, {"id": "a", "t": 1, "at": given})
    assert outcome.translated == []
    ((why, detail),) = refused(outcome)
    assert (why, said in detail) == (reason, True), detail


def test_a_message_that_the_broker_kept_has_no_time_of_arrival() -> None:
    kept = handed(make_adapter(), {"id": "a", "t": 1}, retain=True)
    assert (kept.translated, kept.refusals) == ([], [])
    own = make_adapter(REPORT.replace("time: received_at", "time: body.at"))
    outcome = handed(own, {"id": "a", "t": 1, "at": "2026-11-25T12:00:00Z"}, retain=True)
    assert values_of(outcome) == {"air_temperature_c": 1}


@pytest.mark.parametrize("name", [None, "", "\x00", True, 1.5, {"a": 1}, "a" * 201, ["a", "b"]])
def test_a_report_of_nobody_is_refused(name: object) -> None:
    outcome = handed(make_adapter(), {"id": name, "t": 1})
    assert outcome.translated == []
    assert [one.reason for one in outcome.refusals] == ["invalid"]


def test_unknown_fields_are_refused_and_what_is_known_is_kept() -> None:
    outcome = handed(make_adapter(), {"id": "a", "t": 1, "x": {"y": [0, None]}, "z": None, "w": {}})
    assert values_of(outcome) == {"air_temperature_c": 1}
    assert refused(outcome) == [("unknown_field", "x.y[0] (0)")]
    assert str(outcome.refusals[0].device) == "mine:a"


def test_fields_are_left_out_with_all_that_is_in_them() -> None:
    ignore = """\
    ignore:
      - {fields: [body.x, body.*.secret, "body.pin*", body.*_set], because: not for us}
"""
    adapter = make_adapter(ignore=ignore)
    body = {"id": "a", "t": 1, "x": {"y": [0]}, "k": {"secret": 1, "other": 2}}
    body |= {"pin:1": {"state": 1}, "pins": 2, "low_set": 3, "low_set_": 4, "a_pin": 5}
    assert refused(handed(adapter, body)) == [
        ("unknown_field", "k.other (2), low_set_ (4), a_pin (5)")
    ]


def test_what_a_condition_turned_down_is_not_known_by_that() -> None:
    report = """\
      - for_each: body
        if: type(each) == 'object'
        device: key
        time: received_at
        values:
          air_temperature_c: each.t
"""
    outcome = handed(make_adapter(report), {"roof": {"t": 1}, "depth": 3})
    assert values_of(outcome) == {"air_temperature_c": 1}
    assert refused(outcome) == [("unknown_field", "depth (3)")]


_ITEMS = """\
      - for_each: body.data
        if: each.t
        device: each.id
        time: body.at
        values:
          air_temperature_c: each.t
        ignore:
          - {fields: [each.note], because: not for us}
"""


def test_each_item_of_a_list_is_a_report_of_its_own() -> None:
    at = "2026-11-25T12:00:00Z"
    body = {"at": at, "data": [{"id": "a", "t": 1, "note": "x"}, {"id": "b", "t": 2}, {"u": 3}]}
    outcome = handed(make_adapter(_ITEMS), body)
    assert [(str(one.device), one.record["values"]) for one in outcome.translated] == [
        ("mine:a", {"air_temperature_c": 1}),
        ("mine:b", {"air_temperature_c": 2}),
    ]
    assert refused(outcome) == [("unknown_field", "data[2].u (3)")]


def test_fields_of_an_object_are_items_with_a_key() -> None:
    report = _ITEMS.replace("device: each.id", "device: key").replace("if: each.t\n", "if: each\n")
    body = {"at": "2026-11-25T12:00:00Z", "data": {"a": {"t": 1}, "b": {"t": 2}}}
    outcome = handed(make_adapter(report), body)
    assert [str(one.device) for one in outcome.translated] == ["mine:a", "mine:b"]


def test_reports_of_one_device_and_time_are_one_and_must_agree() -> None:
    at = "2026-11-25T12:00:00Z"
    same = handed(make_adapter(_ITEMS), {"at": at, "data": [{"id": "a", "t": 1}] * 2})
    assert values_of(same) == {"air_temperature_c": 1}
    both = handed(make_adapter(_ITEMS), {"at": at, "data": [{"id": "a", "t": t} for t in (1, 2)]})
    assert values_of(both) == {"air_temperature_c": 1}
    assert refused(both) == [("invalid", "air_temperature_c: 2 where the same message has 1")]


def test_more_items_than_a_message_may_have_are_refused_as_one() -> None:
    items = [{"id": "a", "t": 1}] * 1001
    outcome = handed(make_adapter(_ITEMS), {"at": "2026-11-25T12:00:00Z", "data": items})
    assert [one.reason for one in outcome.refusals] == ["oversize"]
    assert outcome.translated == []


def test_numbers_of_a_report_come_from_where_the_adapter_says_and_rise_with_time_otherwise() -> (
    None
):
    counted = REPORT.replace(
        "time: received_at\n",
        "time: received_at\n"
        "        boot: {from: body.session, format: hex, default: 0}\n"
        "        seq: {from: body.n, default: 0}\n",
    )
    (one,) = handed(
        make_adapter(counted), {"id": "a", "t": 1, "session": "00Ff", "n": 7}
    ).translated
    assert (one.record["boot_id"], one.record["seq"]) == (255, 7)
    (two,) = handed(make_adapter(counted), {"id": "a", "t": 1}).translated
    assert (two.record["boot_id"], two.record["seq"]) == (0, 0)
    (wrong,) = handed(make_adapter(counted), {"id": "a", "t": 1, "n": -1}).refusals
    assert (wrong.reason, wrong.detail) == ("invalid", "body.n: -1 is no seq")
    (three,) = handed(make_adapter(), {"id": "a", "t": 1}).translated
    assert (three.record["boot_id"], three.record["seq"]) == (0, NOW.timestamp() * 1000)


def test_a_status_and_an_event_use_the_words_of_the_contract() -> None:
    status = """\
      - device: body.id
        time: received_at
        status: {from: body.s, map: {up: online, down: offline}}
"""
    (one,) = handed(make_adapter(status), {"id": "a", "s": "down"}).translated
    assert (one.channel, one.record["state"]) == (Channel.STATUS, "offline")
    assert handed(make_adapter(status), {"id": "a", "s": "away"}).refusals[0].reason == "invalid"
    event = """\
      - device: body.id
        time: received_at
        event: {from: body.s, map: {lost: dying_gasp}}
        detail: {volts: body.v}
"""
    (two,) = handed(make_adapter(event), {"id": "a", "s": "lost", "v": {"x": 1}}).translated
    assert (two.channel, two.record["event"]) == (Channel.EVENT, "dying_gasp")
    assert two.record["detail"] == {"volts": {"x": 1}}


def test_a_body_that_is_no_json_says_where() -> None:
    ((reason, detail),) = refused(handed(make_adapter(), b'{"a": 1,}'))
    assert (reason, "line 1 column 9" in detail) == ("malformed", True)


def test_a_body_in_which_a_key_stands_twice_says_which() -> None:
    ((reason, detail),) = refused(
        handed(make_adapter(), b'{"a": 1, "b": {"c": 1, "d": 2, "c": 1}}')
    )
    assert (reason, "'c' stands twice" in detail) == ("malformed", True)


def test_a_body_nested_too_deep_is_refused() -> None:
    body: Any = 1
    for _ in range(100):
        body = [body]
    outcome = handed(make_adapter(), {"id": "a", "t": 1, "x": body})
    assert "oversize" in {reason for reason, _ in refused(outcome)}


def test_what_no_message_matches_is_refused_with_what_is_in_it() -> None:
    outcome = make_adapter().translate(Incoming("mqtt", "a/b", b'{"t": 1}', NOW))
    assert refused(outcome) == [
        (
            "unknown_message",
            "no message of adapter mine is of topic 'a/b' and has what is in the body: ['t']",
        )
    ]


def test_the_same_message_later_is_the_same_record() -> None:
    adapter = make_adapter(REPORT.replace("time: received_at", "time: body.at"))
    body = json.dumps({"id": "a", "t": 1, "at": "2026-11-25T12:00:00Z"}).encode()
    first = adapter.translate(Incoming("http", "", body, NOW))
    again = adapter.translate(Incoming("http", "", body, NOW + timedelta(hours=1)))
    assert first == again


@pytest.mark.parametrize(
    ("device", "incoming"),
    [
        ("topic.station", Incoming("mqtt", "hinh/s1/up", b'{"t": 1}', NOW)),
        ("route.station", Incoming("http", "s1?x=2", b'{"t": 1}', NOW)),
        ("query.station", Incoming("http", "any?station=s1", b'{"t": 1}', NOW)),
        (
            'header."x-station"',
            Incoming("http", "any", b'{"t": 1}', NOW, headers={"x-station": "s1"}),
        ),
        ("{from: body.s, case: lower}", Incoming("http", "any", b'{"t": 1, "s": "S1"}', NOW)),
    ],
)
def test_a_device_may_be_named_outside_the_body(device: str, incoming: Incoming) -> None:
    adapter = make_adapter(
        REPORT.replace("device: body.id", f"device: {device}"),
        match='[{topic: "hinh/{station}/up"}, {route: "{station}"}]',
    )
    (translated,) = adapter.translate(incoming).translated
    assert str(translated.device) == "mine:s1"
