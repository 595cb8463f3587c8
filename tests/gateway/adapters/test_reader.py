"""Reading adapters: every problem at once, with file, line, adapter, field and what was meant."""

from pathlib import Path

import pytest

from gateway.adapters.errors import AdapterError
from gateway.adapters.loading import load_adapters, load_library
from gateway.adapters.reader import parse_file

GOOD = """\
adapter: mine
about: a sensor of ours
messages:
  - message: reading
    match: {topic: "mine/{device}/up", if: body.t}
    reports:
      - device: topic.device
        time: {from: body.at, format: epoch_s}
        values:
          air_temperature_c: {from: body.t, unit: degF}
    ignore:
      - {fields: [body.x], because: not for us}
"""
DECODER = """\
decoder: ours
about: a sensor of ours
bytes:
  tag_size: 1
  tags:
    "01": [{metric: air_temperature_c, type: i16, times: 0.1}]
"""


def problems(content: str) -> list[str]:
    with pytest.raises(AdapterError) as raised:
        parse_file(content.encode(), "a.yaml")
    return list(raised.value.problems)


def test_what_these_tests_begin_with_is_good() -> None:
    parse_file(GOOD.encode(), "a.yaml")
    parse_file(DECODER.encode(), "a.yaml")


_ROOTS = "body, topic, route, query, header, each, key, device, fields, port"
_VALUE = "reports[0].values.air_temperature_c.from"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("reports:", "report:", 6, "report: there is no such key; did you mean 'reports'?"),
        ("air_temperature_c", "air_temprature_c", 10, "did you mean 'air_temperature_c'?"),
        ("{from: body.at, format: epoch_s}", "recieved_at", 8, "did you mean 'received_at'?"),
        ("unit: degF", "unit: lx", 9, "air_temperature_c: unit 'lx' is illuminance, and air_"),
        ("unit: degF", "unit: degC, colour: 1", 10, "colour: there is no such key"),
        ("body.t,", "body..t,", 10, f"{_VALUE}: 'body..t' is not an expression at character 6"),
        ("body.t,", "bdy.t,", 10, f"not with one of {_ROOTS}; did you mean 'body'?"),
        ("from: body.t,", "from: t,", 10, f"one of {_ROOTS}; did you mean 'body.t'?"),
        (
            "body.t}",
            "'!body.t'}",
            5,
            "match.if: '!body.t': ! takes the first name alone; write !",
        ),
        ("body.t}", "lenght(body.t)}", 5, "no function 'lenght'; did you mean 'length'?"),
        ("epoch_s", "epoch", 8, "format: \"epoch\" is none of its values; did you mean 'epoch_s'?"),
        ("format: epoch_s", "zone: Vietnam", 8, "zone: 'Vietnam' is neither an offset such as +07"),
        ("{device}", "{device}{x}", 5, "'{device}{x}' is neither a level nor {name} nor +"),
        ("[body.x]", "[body.x*.y]", 12, "'body.x*.y': only in the last name * stands for a part"),
        ("[body.x]", "[x]", 12, "ignore[0].fields: 'x' is not a path such as body.rxInfo.context"),
        ("    reports:\n", "    ignored: nothing\n    reports:\n", 4, "give reports, or say in ig"),
    ],
)
def test_a_problem_is_told_with_its_line_and_what_was_meant(
    old: str, new: str, line: int, said: str
) -> None:
    assert old in GOOD
    told = problems(GOOD.replace(old, new, 1))
    begin = f"a.yaml:{line}: adapter mine, message reading"
    assert any(one.startswith(begin) and said in one for one in told), told


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("adaptor: mine", "1: names neither an adapter nor a decoder; did you mean 'adapter'?"),
        ("adapter: [mine", "2: not YAML: while parsing a flow sequence"),
        ("- adapter", "1: not a mapping: it begins with adapter or decoder"),
    ],
)
def test_a_file_that_is_no_adapter_at_all_is_told_so(new: str, said: str) -> None:
    content = new if new.startswith("-") else GOOD.replace("adapter: mine", new)
    assert any(one.startswith(f"a.yaml:{said}") for one in problems(content)), problems(content)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("air_temperature_c", "hot", 6, "bytes.tags.01[0]: there is no metric 'hot'"),
        ("type: i16", "size: 2", 6, "bytes.tags.01[0]: has a size, so it can only be skipped"),
        ("type: i16", "type: s16", 6, 'bytes.tags.01[0].type: "s16" is none of its values'),
        ('"01"', '"0101"', 3, "tag '0101' is not of 1 bytes"),
        (
            "  tags:",
            "  code: netvox\n  tags:",
            3,
            "is exactly one of fields, tags, ignored and code",
        ),
    ],
)
def test_a_problem_of_a_decoder_too(old: str, new: str, line: int, said: str) -> None:
    told = problems(DECODER.replace(old, new, 1))
    assert any(one.startswith(f"a.yaml:{line}: decoder ours: ") and said in one for one in told), (
        told
    )


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(GOOD.replace("body.t,", "bdy.t,").replace("body.x", "x"))
    (tmp_path / "two.yaml").write_text(DECODER.replace("i16", "i17"))
    with pytest.raises(AdapterError) as raised:
        load_adapters([tmp_path])
    assert [one.split(" ")[0].removeprefix(f"{tmp_path}/") for one in raised.value.problems] == [
        "one.yaml:10:",
        "one.yaml:12:",
        "two.yaml:6:",
    ]


def test_a_file_of_ones_own_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "tts.yaml").write_text(GOOD.replace("adapter: mine", "adapter: the-things-stack"))
    (tmp_path / "ours.yaml").write_text(DECODER)
    adapters, shelf = load_library([tmp_path])
    assert adapters["the-things-stack"].topics == ()
    assert "ours" in shelf.decoders
    assert adapters.keys() == load_adapters().keys()


def test_a_name_may_stand_once_in_a_directory(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(GOOD)
    (tmp_path / "two.yaml").write_text(GOOD)
    with pytest.raises(AdapterError, match=r"two\.yaml:1: adapter mine: a second one; the first"):
        load_adapters([tmp_path])
    with pytest.raises(AdapterError, match="not a directory of adapters"):
        load_adapters([tmp_path / "one.yaml"])
