"""Runs: real ones, watched by small watchers that live, die, hang and are restarted."""

import time
from pathlib import Path
from threading import Event

import pytest

from simulators.score.truth import read_truth
from simulators.suite.contestants import Contestant
from simulators.suite.errors import RunError, Stopped
from simulators.suite.run import Played, play
from tests.simulators.suite.trial import make_plan, shell, write_scenario

READER = shell("reader", 'cat "$1" > "$2"')


def lines(played: Played, name: str) -> list[str]:
    return played.attendances[name].incidents.read_text().splitlines()


def test_every_watcher_reads_the_whole_run(tmp_path: Path) -> None:
    plan = make_plan(write_scenario(tmp_path))
    second = shell("second", 'wc -l < "$1" > "$2"')
    played = play(plan, [READER, second], tmp_path / "run", Event())
    events = read_truth(played.truth).events
    assert events is not None
    assert len(lines(played, "reader")) == events.lines
    assert lines(played, "second") == [str(events.lines)]
    assert [attendance.failure for attendance in played.attendances.values()] == [None, None]
    assert played.attendances["reader"].cost.peak_mebibytes > 0
    assert '"kind":"end"' in lines(played, "reader")[-1]


def test_a_watcher_that_dies_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    dead = shell("dead", 'head -c 1000 "$1" > "$2"; echo no licence >&2; exit 3')
    never = shell("never", "exit 1")
    missing = Contestant("missing", ("/no/such/engine", "{events}"))
    plan = make_plan(write_scenario(tmp_path))
    played = play(plan, [dead, never, missing, READER], tmp_path / "run", Event())
    failures = {name: each.failure for name, each in played.attendances.items()}
    assert failures["dead"] == "ended with code 3: no licence"
    assert failures["never"] == "ended with code 1"
    assert "not started: " in (failures["missing"] or "")
    assert failures["reader"] is None
    assert played.attendances["dead"].incidents.stat().st_size == 1000
    assert '"kind":"end"' in lines(played, "reader")[-1]


def test_a_watcher_that_hangs_is_stopped_at_the_deadline(tmp_path: Path) -> None:
    said = tmp_path / "said"
    # It waits for a FIFO that nobody writes to.
    hanging = shell("hanging", f'mkfifo "$3"; echo so far > "$2"; touch {said}; cat "$3"')
    began: list[float] = []

    def clock() -> float:
        """Return for how long it has hung."""
        if not began and said.exists():
            began.append(time.monotonic())
        return time.monotonic() - began[0] if began else 0

    plan = make_plan(write_scenario(tmp_path), deadline_seconds=5)
    played = play(plan, [hanging, READER], tmp_path / "run", Event(), clock)
    assert played.attendances["hanging"].failure == "not done by the deadline, stopped"
    assert lines(played, "hanging") == ["so far"]
    assert '"kind":"end"' in lines(played, "reader")[-1]


def test_a_restarted_watcher_finds_its_state_and_its_output_is_joined(tmp_path: Path) -> None:
    counting = shell("counting", 'wc -l < "$1" >> "$3"; cp "$3" "$2"')
    plan = make_plan(write_scenario(tmp_path, restart=True), restarts=True)
    played = play(plan, [counting, READER], tmp_path / "run", Event())
    first, again, second = (int(line) for line in lines(played, "counting"))
    headers = [at for at, line in enumerate(lines(played, "reader")) if '"kind":"header"' in line]
    assert headers == [0, first]
    assert (again, first + second) == (first, len(lines(played, "reader")))
    events = read_truth(played.truth).events
    assert events is not None
    assert events.lines == first + second


def test_a_watcher_that_died_is_not_started_again(tmp_path: Path) -> None:
    dead = shell("dead", 'echo started >> "$3"; cp "$3" "$2"; exit 1')
    plan = make_plan(write_scenario(tmp_path, restart=True), restarts=True)
    played = play(plan, [dead, READER], tmp_path / "run", Event())
    assert lines(played, "dead") == ["started"]


def test_what_an_earlier_run_left_there_does_not_come_back(tmp_path: Path) -> None:
    plan = make_plan(write_scenario(tmp_path))
    counting = shell("counting", 'cat "$1" > /dev/null; echo once >> "$3"; cp "$3" "$2"')
    for _ in range(2):
        played = play(plan, [counting], tmp_path / "run", Event())
        assert lines(played, "counting") == ["once"]


def test_a_generator_that_fails_says_why(tmp_path: Path) -> None:
    scenario = tmp_path / "wrong.yaml"
    scenario.write_text("title: A trial\n")
    with pytest.raises(RunError, match=r"(?s)the generator ended with code 2: .*wrong\.yaml"):
        play(make_plan(scenario), [READER], tmp_path / "run", Event())


def test_a_run_can_be_stopped(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(Stopped):
        play(make_plan(write_scenario(tmp_path)), [READER], tmp_path / "run", stop)
