"""Topics and codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from province.codes import CodeError, check_code, is_code
from province.topics import Channel, Topic, TopicError, parse_topic, telemetry_filter

CODES = st.from_regex(r"\A[A-Za-z0-9_-]{1,64}\Z")


@given(CODES, CODES, CODES, st.sampled_from(list(Channel)))
def test_a_topic_survives_being_written_and_parsed(
    province: str, commune: str, device: str, channel: Channel
) -> None:
    topic = Topic(province, commune, device, channel)
    assert parse_topic(str(topic)) == topic


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("", "expected srepok/v1/PROVINCE"),
        ("other/v1/66/22015/d1/telemetry", "expected srepok/v1/PROVINCE"),
        ("srepok/v1/66/22015/d1", "expected srepok/v1/PROVINCE"),
        ("srepok/v1/66/22015/d1/telemetry/more", "expected srepok/v1/PROVINCE"),
        ("srepok/v2/66/22015/d1/telemetry", "version 'v2' is not 'v1'"),
        ("srepok/v1/66/22015/d1/Telemetry", "channel 'Telemetry' is none of telemetry,"),
        ("srepok/v1/66/22015/d.1/telemetry", "device code 'd.1'"),
        ("srepok/v1/66//d1/telemetry", "commune code ''"),
        ("srepok/v1/66/22015/d1\n/telemetry", "device code 'd1\\n'"),
    ],
)
def test_a_topic_outside_the_contract_is_refused_by_name(topic: str, said: str) -> None:
    with pytest.raises(TopicError) as caught:
        parse_topic(topic)
    assert repr(topic) in str(caught.value)
    assert said in str(caught.value)


@given(st.text(max_size=80))
def test_only_what_routing_keys_can_carry_is_a_code(text: str) -> None:
    if is_code(text):
        assert not set(text) & set("./+# \n")
        assert text.isascii()
        assert check_code(text, "device") == text
    else:
        with pytest.raises(CodeError, match="device code"):
            check_code(text, "device")


def test_a_filter_covers_every_channel_of_a_commune() -> None:
    assert telemetry_filter("66", "22015") == "srepok/v1/66/22015/#"
    assert telemetry_filter() == "srepok/v1/+/+/#"
