"""Whatever arrives, an adapter answers with an outcome and foresees why it refuses."""

import json

import cbor2
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.codecs.loading import load_codecs
from gateway.codecs.sparkplug.schema import payload_class
from gateway.translation import Incoming, Outcome, RefusalReason
from tests.gateway.codecs.conftest import NOW

_CODECS = load_codecs()
_LABELS = ["bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"]
_NUMBERS = [None, *range(-6, 9)]
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["urn:dev:ow:1:rssi", "/3/0/9", "/3303/0/5700", "dBm", "Cel", "%", "a"])
)
_TOPICS = st.sampled_from(
    [f"spBv1.0/G/{kind}/n" for kind in ("NBIRTH", "NDATA", "NDEATH", "NCMD")]
    + [f"spBv1.0/G/{kind}/n/d" for kind in ("DBIRTH", "DDATA", "DDEATH", "DCMD")]
    + ["spBv1.0/STATE/h", "spBv1.0", "", "lwm2m/ep", "senml/a"]
)
_UINT64 = st.integers(0, 2**64 - 1) | st.integers(0, 300)
_TEXTS = st.binary(max_size=12) | st.sampled_from([b"bdSeq", b"water_level_m", b"Node Control/x"])
_METRICS = st.fixed_dictionaries(
    {},
    optional={
        "name": _TEXTS,
        "alias": _UINT64,
        "timestamp": _UINT64,
        "datatype": st.integers(0, 2**32 - 1) | st.integers(0, 36),
        "is_historical": st.booleans(),
        "is_null": st.booleans(),
        "properties": st.fixed_dictionaries({"keys": st.lists(_TEXTS, max_size=2)}),
        "int_value": st.integers(0, 2**32 - 1),
        "long_value": _UINT64,
        "float_value": st.floats(width=32),
        "double_value": st.floats(),
        "string_value": _TEXTS,
        "dataset_value": _TEXTS,
    },
)


def _foreseen(codec: str, body: bytes, where: str = "") -> None:
    outcome = _CODECS[codec].translate(Incoming("mqtt", where, body, NOW))
    assert isinstance(outcome, Outcome)
    assert RefusalReason.UNDECODABLE not in {r.reason for r in outcome.refusals}, outcome.refusals
    for translated in outcome.translated:
        json.dumps(translated.record, allow_nan=False)


@given(st.sampled_from(sorted(_CODECS)), st.binary(max_size=300), _TOPICS)
@settings(deadline=None)
def test_any_bytes(codec: str, body: bytes, where: str) -> None:
    _foreseen(codec, body, where)


@given(st.lists(st.dictionaries(st.sampled_from(_LABELS), _SCALARS, max_size=5), max_size=4))
@settings(deadline=None)
def test_any_pack_in_json(pack: object) -> None:
    for codec in ("senml", "lwm2m"):
        _foreseen(codec, json.dumps(pack).encode())


@given(st.lists(st.dictionaries(st.sampled_from(_NUMBERS), _SCALARS, max_size=5), max_size=4))
@settings(deadline=None)
def test_any_pack_in_cbor(pack: object) -> None:
    for codec in ("senml", "lwm2m"):
        _foreseen(codec, cbor2.dumps(pack))


@given(
    st.lists(st.tuples(_TOPICS, st.lists(_METRICS, max_size=3), _UINT64, _UINT64), max_size=5),
)
@settings(deadline=None)
def test_any_messages_of_an_edge_node(messages: list[tuple[str, list[object], int, int]]) -> None:
    for where, metrics, at, seq in messages:
        payload = payload_class()(metrics=metrics, timestamp=at, seq=seq)
        _foreseen("sparkplug", payload.SerializeToString(), where)
