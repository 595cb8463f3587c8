"""Beats: the clock and the device are found in every way that a line can be written."""

import json

import pytest

from simulators.watchers.beats import EventsError, read_beats
from tests.simulators.watchers.make import START, message, other

SEEN = [message(0, "d1")]
"""A device's first message is read in another way than those after it."""


def test_each_line_moves_the_clock() -> None:
    lines = [other(0, "header"), *SEEN, message(1.25, "d1"), other(2, "end")]
    assert list(read_beats(lines, "events")) == [
        (START, "", 0),
        (START, "d1", 30_000),
        (START + 1250, "d1", 0),
        (START + 2000, "", 0),
    ]


def test_the_order_of_fields_makes_no_difference() -> None:
    record = json.loads(message(61.5, "d1"))
    other_order = json.dumps(dict(reversed(record.items()))).encode()
    (_, beat) = read_beats([*SEEN, other_order], "events")
    assert beat == (START + 61_500, "d1", 30_000)


def test_the_clock_is_that_of_the_delivery_wherever_it_stands() -> None:
    late = message(1, "d1", delivered_at="2026-03-02T01:00:09.000Z")
    record = json.loads(late)
    usual = {"received_at": record.pop("received_at"), "delivered_at": record.pop("delivered_at")}
    as_written = json.dumps({**usual, **record}, separators=(",", ":")).encode()
    beats = list(read_beats([*SEEN, late, as_written], "events"))
    assert [at for at, _, _ in beats[1:]] == [START + 9000, START + 9000]


def test_a_will_is_not_the_device() -> None:
    lines = [
        *SEEN,
        message(1, "d1", "status"),
        message(2, "d1", "event"),
        message(3, "d9", "status"),
    ]
    assert [device for _, device, _ in read_beats(lines, "events")] == ["d1", "", "", ""]


def test_cbor_is_a_beat_and_says_nothing_of_the_interval() -> None:
    line = message(1, "d1", "telemetry-cbor", payload="omFhAQ==")
    assert list(read_beats([line], "events")) == [(START + 1000, "d1", 0)]


@pytest.mark.parametrize(
    ("line", "message_"),
    [
        (b"{\n", "events:2: not a line of events: JSONDecodeError"),
        (b"[]\n", "events:2: not a line of events: AttributeError"),
        (b'{"kind":"end"}\n', "events:2: not a line of events: KeyError('received_at')"),
        (b'{"received_at":"9 o\'clock","kind":"end"}\n', 'events:2: "9 o\'clock" is not RFC 3339'),
    ],
)
def test_a_wrong_line_is_named(line: bytes, message_: str) -> None:
    with pytest.raises(EventsError) as caught:
        list(read_beats([*SEEN, line], "events"))
    assert str(caught.value).startswith(message_)
