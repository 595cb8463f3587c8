"""The short notation for series of values."""

import re

import pytest

from rules.rulebook.timelines.notation import parse_values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 2 3.5", (1, 2, 3.5)),
        ("3x3", (3, 3, 3)),
        ("-1 _ 2 _x2", (-1, None, 2, None, None)),
        ("5..9/5", (5, 6, 7, 8, 9)),
        ("1..0/3", (1, 0.5, 0)),
        (7, (7,)),
    ],
)
def test_it_means_these_values(text: object, values: tuple[float | None, ...]) -> None:
    assert parse_values(text) == values


@pytest.mark.parametrize(
    "text", ["", "  ", "1,2", "3x", "x3", "5..9", "5..9/1", "3x0", "nan", "1e3", True]
)
def test_what_means_nothing_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=re.escape(str(text).strip() or repr(text))):
        parse_values(text)


def test_a_series_that_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="99999999"):
        parse_values("1x99999999")
    with pytest.raises(ValueError, match="more than"):
        parse_values("1x90000 2x90000")
