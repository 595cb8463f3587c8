"""The static watcher: the same deadman, silent about what hangs on something that is down."""

from tests.simulators.watchers.make import beats, incidents, states, watched

CARD1 = ("v1-p1", "v1-rain", "v2-p1")
TERMINAL = (*CARD1, "v3-p1", "v4-p1")


def silence(devices: tuple[str, ...], start: float, end: float) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(devices, (start, end))


def test_a_run_without_silence_has_no_incident() -> None:
    assert watched("static", beats(600))[0] == []


def test_a_lone_device_is_an_outage_at_the_next_look() -> None:
    said, _ = watched("static", beats(600, {"v2-p1": (100, 305)}))
    # Its time runs out at 183; the timer looks every 30 seconds.
    assert incidents(said) == [(210, "open", "v2-p1"), (333, "clear", "v2-p1")]
    assert states(said) == [(210, "v2", "dark"), (333, "v2", "served")]


def test_devices_that_fall_together_are_one_incident_of_what_they_hang_on() -> None:
    said, _ = watched("static", beats(600, silence(CARD1, 100, 305)))
    assert incidents(said) == [(210, "open", "card1"), (330, "clear", "card1")]
    opening = next(line for line in said if line.get("action") == "open")
    assert opening["root"] == ["card1"]
    assert (opening["villages"], opening["links"]) == (["v1", "v2"], ["v1-l", "v2-l"])


def test_the_highest_that_is_down_is_named() -> None:
    said, _ = watched("static", beats(600, silence(TERMINAL, 100, 305)))
    assert [each[1] for each in incidents(said)] == ["open", "clear"]
    assert incidents(said)[0][2] in {"feeder", "core", "olt"}


def test_what_fell_before_its_parent_stays_told() -> None:
    silent = {"v1-p1": (70.0, 400.0), **silence(CARD1[1:], 100, 400)}
    said, _ = watched("static", beats(600, silent))
    assert incidents(said)[:2] == [(180, "open", "v1-p1"), (210, "open", "card1")]


def test_a_device_that_stays_silent_when_its_parent_is_back_is_told() -> None:
    silent = {**silence(CARD1[:2], 100, 305), "v2-p1": (100.0, 600.0)}
    said, _ = watched("static", beats(600, silent))
    assert incidents(said) == [
        (210, "open", "card1"),
        (330, "clear", "card1"),
        (360, "open", "v2-p1"),
    ]


def test_with_a_memory_it_goes_on_where_it_was() -> None:
    whole = list(beats(600, silence(CARD1, 100, 305)))
    cut = len([line for line in whole if line < b'{"received_at":"2026-03-02T01:04'])
    _, memory = watched("static", whole[:cut])
    assert memory.nodes.keys() == {"card1"}
    assert memory.withheld.keys() == set(CARD1)
    second, _ = watched("static", whole[cut:], memory)
    assert [each[1:] for each in incidents(second)] == [("clear", "card1")]
    assert states(second)[-1][2] == "served"
