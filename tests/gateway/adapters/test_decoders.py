"""What a decoder's file says of bytes is done, and what it does not say is refused."""

import pytest

from gateway.translation import Outcome
from tests.gateway.adapters.make import handed, make_adapter, refused, values_of

_PAYLOAD = """\
      - device: body.id
        time: received_at
        payload:
          from: body.data
          encoding: hex
          port: body.port
          fields: body.fields
          decoder: body.decoder
"""
_DECODER = """\
decoder: ours
about: a sensor of ours
bytes:
  - port: 1
    fields:
      - {expect: 1, type: u8}
      - {flags: true, type: u8}
    groups:
      - - {metric: air_temperature_c, type: i16, times: 0.1, no_value: [-32768]}
      - - {metric: humidity_percent, type: u8}
  - port: 2
    tag_size: 1
    order: little
    tags:
      "01": [{metric: air_temperature_c, type: i16, times: 0.1}]
      "0f": [{time: epoch_s, type: u32}, {metric: air_temperature_c, type: i16, times: 0.1}]
  - {port: 9, ignored: start-up}
values:
  air_temperature_c: fields.temp
"""


def _decoded(data: str, port: int, **more: object) -> Outcome:
    body = {"id": "a", "data": data, "port": port, "decoder": "ours", **more}
    return handed(make_adapter(_PAYLOAD, decoder=_DECODER), body)


def test_bytes_are_read_as_the_decoder_lays_them_out() -> None:
    assert values_of(_decoded("0103ff9c28", 1)) == {
        "air_temperature_c": -10,
        "humidity_percent": 40,
    }
    assert values_of(_decoded("010228", 1)) == {"humidity_percent": 40}
    assert _decoded("01018000", 1).ignored[0].because == "nothing in it is a reading"
    assert _decoded("00", 9).ignored[0].because == "nothing in it is a reading"


def test_a_reading_from_memory_keeps_its_own_time() -> None:
    now, before = _decoded("01 e100 0f 80bc066b 6400 01 e100".replace(" ", ""), 2).translated
    assert (now.record["observed_at"], now.record["values"]) == (
        "2026-11-25T12:00:00.000Z",
        {"air_temperature_c": 22.5},
    )
    assert before.record["observed_at"].startswith("2026-11-2")
    assert before.record["values"] == {"air_temperature_c": 10}


@pytest.mark.parametrize(
    ("data", "port", "reason", "said"),
    [
        ("0201", 1, "invalid", "byte 0: 2 where 1 must stand"),
        ("0103ff", 1, "invalid", "the bytes end at 3, within a field that begins at 2"),
        ("01002a", 1, "unknown_field", "1 bytes behind what is known, from byte 2 on"),
        ("010700", 1, "invalid", "the bytes end at 3"),
        ("01e1007700", 2, "unknown_field", "tag 77 at byte 3 is not known"),
        ("00", 3, "unknown_field", "port 3 is not known"),
        ("0", 1, "invalid", "body.data: '0' is not hex"),
    ],
)
def test_bytes_that_are_not_so_are_refused(data: str, port: int, reason: str, said: str) -> None:
    ((why, detail),) = refused(_decoded(data, port))
    assert (why, said in detail) == (reason, True), detail


def test_decoded_fields_are_read_where_there_are_no_bytes() -> None:
    fields = {"temp": 21, "humidity_percent": 40, "colour": "red"}
    outcome = _decoded("", 1, fields=fields)
    assert values_of(outcome) == {"air_temperature_c": 21, "humidity_percent": 40}
    assert refused(outcome) == [("unknown_field", "decoded colour ('red')")]


def test_a_decoder_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    ((reason, detail),) = refused(_decoded("00", 1, decoder="our"))
    assert reason == "no_decoder"
    assert "there is no decoder 'our'; did you mean 'ours'?" in detail
