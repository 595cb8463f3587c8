"""YAML as plain values and lines."""

import pytest

from runtime.documents import DocumentError, parse_document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 2025-11-19T18:00:00+07:00", "2025-11-19T18:00:00+07:00"),
        ("a: 2025-11-19", "2025-11-19"),
        ("a: 1:30", "1:30"),
        ("a: no", "no"),
        ("a: 0777", "0777"),
        ("a: 1_000", "1_000"),
        ("a: .inf", ".inf"),
        ("a: 1e9", "1e9"),
        (f"a: {'9' * 5000}", "9" * 5000),
        ("a: '22015'", "22015"),
        ("a: 20%", "20%"),
        ("a: 22015", 22015),
        ("a: -1.5", -1.5),
        ("a: true", True),
        ("a: null", None),
        ("a:", None),
        ("a: [1, {b: c}]", [1, {"b": "c"}]),
    ],
)
def test_only_what_json_has_is_anything_but_text(text: str, value: object) -> None:
    assert parse_document(text.encode()).value == {"a": value}


def test_a_value_has_the_line_of_its_key() -> None:
    document = parse_document(b"a:\n  - b: 1\n    c:\n      2\n  - d\n")
    assert document.line(("a",)) == 1
    assert document.line(("a", 0, "b")) == 2
    assert document.line(("a", 0, "c")) == 3
    assert document.line(("a", 1)) == 5


def test_a_value_that_is_not_there_has_the_line_of_what_it_is_missing_from() -> None:
    document = parse_document(b"a:\n  - b: 1\n")
    assert document.line(("a", 0, "c", "d")) == 2
    assert document.line(("z",)) == 1


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"a: 1\nb: [\n", 3, "not YAML: while parsing a flow node"),
        (b"a: 1\n---\nb: 1\n", 2, "not YAML: expected a single document in the stream"),
        (b"a: &x 1\nb: *x\n", 2, "not YAML: aliases are not read here: write it out"),
        (b"a: 1\nb: \x01\n", 2, "not YAML: special characters are not allowed"),
        (b"a: 1\nb: \xff\n", 2, "not UTF-8 text"),
        (b"[" * 5000, 1, "nested too deeply"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_line(content: bytes, line: int, message: str) -> None:
    with pytest.raises(DocumentError) as raised:
        parse_document(content)
    assert raised.value.line == line
    assert message in raised.value.message
