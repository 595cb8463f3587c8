"""Statuses and events."""

import json

import pytest

from ingest.rejection import Reason
from tests.ingest.make import NOW, decode, make_message

EVENT_TOPIC = "srepok/v1/66/22015/probe1/event"


def test_a_will_is_presence_at_the_time_it_arrives() -> None:
    will = {"state": "offline", "reason": "will", "boot_id": 3, "connection": 2}
    payload = json.dumps(will | {"observed_at": "2020-01-01T00:00:00Z"}).encode()
    batch = decode(make_message("srepok/v1/66/22015/probe1/status", payload))
    assert batch.presence[0][:5] == (1, NOW, 3, 2, "offline")
    assert batch.states[1].online == (False, NOW)


def test_an_event_is_presence_at_its_own_time() -> None:
    event = {"event": "dying_gasp", "boot_id": 3, "seq": 80, "detail": {"mv": 3300}}
    payload = json.dumps(event | {"observed_at": "2026-11-23T13:37:11Z"}).encode()
    batch = decode(make_message("srepok/v1/66/22015/probe1/event", payload))
    assert batch.presence[0][4] == "dying_gasp"
    assert batch.presence[0][-1] == '{"mv":3300}'


@pytest.mark.parametrize(
    ("detail", "reason", "said"),
    [
        (r'{"x":{"y":["a\u0000b"]}}', Reason.INVALID, r"detail.x.y.0: 'a\x00b' holds NUL"),
        (r'{"a\u0000b":1}', Reason.INVALID, r"detail, key: 'a\x00b' holds NUL"),
        ('{"x":1e400}', Reason.INVALID, "detail.x: inf is not a finite number"),
        ('{"x":[-1e400]}', Reason.INVALID, "detail.x.0: -inf is not a finite number"),
        ('{"x":NaN}', Reason.INVALID, "detail.x: nan is not a finite number"),
        ('{"x":Infinity}', Reason.INVALID, "detail.x: inf is not a finite number"),
        (r'{"x":"\ud800"}', Reason.MALFORMED, "not JSON"),
        (r'{"\udfff":1}', Reason.MALFORMED, "not JSON"),
    ],
)
def test_what_jsonb_does_not_hold_is_refused_with_its_place(
    detail: str, reason: Reason, said: str
) -> None:
    event = '{"event":"boot","boot_id":3,"seq":80,"observed_at":"2026-11-23T13:37:11Z","detail":%s}'
    batch = decode(make_message(EVENT_TOPIC, (event % detail).encode()))
    (letter,) = batch.letters
    assert letter.reason == reason
    assert said in letter.detail
    assert not batch.presence


def test_the_status_that_arrived_last_makes_the_state_of_a_batch() -> None:
    messages = [
        make_message(
            "srepok/v1/66/22015/probe1/status",
            json.dumps({"state": state, "boot_id": 1, "connection": 1}).encode(),
            received_at=NOW.replace(second=second),
        )
        for state, second in (("online", 9), ("offline", 5))
    ]
    assert decode(*messages).states[1].online == (True, NOW.replace(second=9))
