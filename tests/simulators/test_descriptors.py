"""File descriptors: enough, raised, or an error that says how many."""

import resource

import pytest

from simulators.descriptors import SPARE, DescriptorError, ensure_descriptors


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Limits as they are set, the last one in force; the process's own stay as they are."""
    seen = [(256, 1024)]
    monkeypatch.setattr(resource, "getrlimit", lambda _what: seen[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _what, pair: seen.append(pair))
    return seen


def test_a_limit_that_suffices_is_left_alone(limits: list[tuple[int, int]]) -> None:
    ensure_descriptors(256 - SPARE)
    assert limits == [(256, 1024)]


def test_a_low_limit_is_raised_as_far_as_needed(limits: list[tuple[int, int]]) -> None:
    ensure_descriptors(500)
    assert limits[-1] == (500 + SPARE, 1024)


def test_a_hard_limit_that_is_too_low_is_said(limits: list[tuple[int, int]]) -> None:
    with pytest.raises(DescriptorError, match=r"2000 sessions need 2064 .* hard limit is 1024"):
        ensure_descriptors(2000)
    assert len(limits) == 1
