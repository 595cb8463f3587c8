"""The naive watcher: an outage for each device that is silent for 3T."""

from tests.simulators.watchers.make import (
    beats,
    incidents,
    message,
    other,
    seconds_of,
    states,
    watched,
)


def test_a_run_without_silence_has_no_incident() -> None:
    assert watched("naive", beats(600))[0] == []


def test_a_device_is_an_outage_three_intervals_after_it_was_heard_last() -> None:
    said, _ = watched("naive", beats(600, {"v2-p1": (100, 305)}))
    # It was heard at 93 and is heard again at 333.
    assert incidents(said) == [(183, "open", "v2-p1"), (333, "clear", "v2-p1")]
    opening = next(line for line in said if line.get("action") == "open")
    assert (opening["class"], opening["root"]) == ("outage", ["v2-p1"])
    assert (opening["villages"], opening["links"]) == (["v2"], ["v2-l"])
    assert (seconds_of(opening, "onset"), opening["notified"]) == (93, True)


def test_a_village_is_dark_when_all_its_devices_are_silent() -> None:
    silent = {"v1-p1": (100, 305), "v1-rain": (160, 305)}
    said, _ = watched("naive", beats(600, silent))
    assert states(said) == [
        (181, "v1", "degraded"),
        (249, "v1", "dark"),
        (309, "v1", "degraded"),
        (331, "v1", "served"),
    ]


def test_a_device_without_a_village_has_an_incident_too() -> None:
    said, _ = watched("naive", beats(600, {"canary": (100, 600)}))
    assert [(line["villages"], line["links"]) for line in said] == [([], [])]


def test_a_device_that_was_never_heard_is_an_outage() -> None:
    said, _ = watched("naive", beats(300, {"v3-p1": (0, 300)}))
    assert incidents(said) == [(90, "open", "v3-p1")]


def test_silence_is_judged_up_to_the_end_and_not_beyond() -> None:
    assert incidents(watched("naive", beats(182, {"v2-p1": (100, 182)}))[0]) == []
    assert incidents(watched("naive", beats(184, {"v2-p1": (100, 184)}))[0]) != []


def test_the_timer_runs_while_nothing_arrives() -> None:
    lines = [message(1, "v1-p1"), other(500, "broker", state="up", epoch=2)]
    said, _ = watched("naive", lines)
    assert incidents(said)[0][0] == 91
    assert len(incidents(said)) == 6


def test_a_device_is_believed_how_often_it_means_to_report() -> None:
    lines = [
        message(at, "v1-p1", payload={"interval_s": 120.0}) for at in (0.0, 120, 240, 480, 600)
    ]
    said, _ = watched("naive", [*lines, other(610, "end")])
    assert [each for each in incidents(said) if each[2] == "v1-p1"] == []


def test_unknown_devices_are_nobody() -> None:
    said, _ = watched("naive", [message(1, "stranger"), other(60, "end")])
    assert said == []


def test_without_a_memory_a_restart_forgets_what_was_open() -> None:
    first, _ = watched("naive", list(beats(200, {"v2-p1": (100, 200)}))[:-1])
    second, _ = watched("naive", [message(210, "v2-p1"), other(220, "end")])
    assert (incidents(first), incidents(second)) == ([(183, "open", "v2-p1")], [])


def test_with_a_memory_it_goes_on_where_it_was() -> None:
    silent = {"v2-p1": (100.0, 200.0), "v1-rain": (100.0, 200.0)}
    _, memory = watched("naive", list(beats(200, silent))[:-1])
    second, _ = watched("naive", [message(210, "v2-p1"), other(220, "end")], memory)
    assert incidents(second) == [(210, "clear", "v2-p1")]
    assert states(second) == [(210, "v2", "served")]
