"""The timeline: a picture that a browser can read, with a lane for everything."""

from xml.etree import ElementTree as ET

import pytest

from simulators.milliseconds import DAY, HOUR, MINUTE
from simulators.score.axis import marks
from simulators.score.matching import match
from simulators.score.spans import Span
from simulators.score.timeline import draw_timeline
from tests.simulators.score.make import (
    START,
    Object,
    blind_line,
    clearing,
    fault_line,
    make_log,
    make_truth,
    opening,
    run_line,
    text,
)

NAMESPACE = "{http://www.w3.org/2000/svg}"


def picture(truth_lines: list[Object], *said: Object, run: Object | None = None) -> ET.Element:
    truth = make_truth(*truth_lines, run=run)
    svg = draw_timeline(truth, match(truth, make_log(*said)), "a run & <its> watcher")
    return ET.fromstring(svg)  # noqa: S314 - our own picture


def labels(image: ET.Element) -> list[str]:
    return [label.text or "" for label in image.iter(f"{NAMESPACE}text")]


def bars(image: ET.Element) -> dict[str, tuple[float, float, str]]:
    """Return left, width and colour of each bar that says what it is, by its first word."""
    found = {}
    for bar in image.iter(f"{NAMESPACE}rect"):
        tip = bar.find(f"{NAMESPACE}title")
        if tip is not None and tip.text:
            place = float(bar.attrib["x"]), float(bar.attrib["width"]), bar.attrib["fill"]
            found[tip.text.partition(":")[0]] = place
    return found


def test_each_fault_has_a_lane_with_its_incidents_below() -> None:
    said = [
        opening(31, "told <it>"),
        opening(32, "again"),
        opening(33, "wrong", villages=["v2"]),
        clearing(60, "told <it>"),
    ]
    image = picture([fault_line("cut", 30, 60)], *said)
    lanes = labels(image)
    assert "a run & <its> watcher" in lanes
    wanted = ["cut (village)", "told <it>", "again or in part: 1", "about nothing: 1"]
    assert [label for label in lanes if label in wanted] == wanted
    assert {"cut", "told <it>", "again", "wrong"} == bars(image).keys()
    assert len({colour for _, _, colour in bars(image).values()}) == 4


def test_bars_stand_where_things_happened() -> None:
    run = run_line(lasts=100)
    image = picture([fault_line("cut", 25, 75)], opening(50, "open"), run=run)
    (left, width, _), (opened, rest, _) = bars(image)["cut"], bars(image)["open"]
    assert left + width / 2 == pytest.approx(opened)
    assert rest == pytest.approx(width)


def test_what_happened_at_one_moment_can_be_seen() -> None:
    image = picture([fault_line("step", 30, 30, expect="none")])
    assert bars(image)["step"][1] >= 1


def test_a_storm_does_not_make_an_endless_picture() -> None:
    said = [opening(31, str(number), villages=["v2"]) for number in range(1000)]
    said += [opening(32, f"part {number}") for number in range(100)]
    image = picture([fault_line("cut", 30, 60)], *said)
    assert float(image.attrib["height"]) < 1200
    assert "about nothing: 1,000" in labels(image)
    assert "and 976 more at the same time" in labels(image)


def test_blind_times_and_the_restart_are_shown() -> None:
    calm = picture([])
    marked = picture([blind_line(30, 40)], run=run_line(restart=text(50)))
    assert "restart" in labels(marked)
    grown = [len(list(image.iter(f"{NAMESPACE}rect"))) for image in (calm, marked)]
    assert grown[1] == grown[0] + 1


def test_marks_stand_on_full_hours_of_local_time() -> None:
    assert marks(Span(START, START + 4 * HOUR))[:2] == [
        (START, "08:00"),
        (START + 30 * MINUTE, "08:30"),
    ]
    days = marks(Span(START, START + 7 * DAY))
    assert days[0] == (START + 16 * HOUR, "03 Mar")
    assert all(len(marks(Span(START, START + length * HOUR))) <= 13 for length in range(1, 2000))
