"""Reading a scenario: what is right becomes a scenario, what is wrong a line each."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from province.topology import NodeKind
from simulators.scenarios.errors import ScenarioError
from simulators.scenarios.model import Cut, Target
from simulators.scenarios.reader import load_scenario, parse_scenario, read_scenario
from tests.simulators.scenarios.make import HEAD, make_cut, make_scenario, make_text

GOOD = make_cut("good", "kind: olt")


def problems(text: str, name: str = "trial") -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(text.encode(), name, "f.yaml")
    return list(raised.value.problems)


def test_a_file_becomes_a_scenario_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(make_text(make_cut("ring", "kind: aggregation, communes: ['1', '2']")))
    scenario = read_scenario(path)
    assert scenario.name == "mine"
    assert scenario.start == datetime(2026, 3, 2, 1, tzinfo=UTC)
    (fault,) = scenario.faults
    assert isinstance(fault, Cut)
    assert fault.target == Target(kind=NodeKind.AGGREGATION, communes=("1", "2"))
    assert (fault.lasts, fault.expectation) == (timedelta(minutes=10), "incident")


def test_a_moment_may_be_an_instant() -> None:
    scenario = make_scenario(make_cut("ring", "kind: olt", at="2026-03-02T08:20:00+07:00"))
    (fault,) = scenario.faults
    assert fault.begins(scenario.start) == scenario.start + timedelta(minutes=20)
    assert fault.ends(scenario.start) == scenario.start + timedelta(minutes=30)


def test_a_planned_fault_is_expected_to_be_recorded() -> None:
    scenario = make_scenario(
        "- {name: work, fault: mains_off, planned: true, at: 10m, lasts: 10m,"
        " target: {kind: power_feeder}}"
    )
    assert scenario.faults[0].expectation == "record"


def test_the_library_has_no_other_scenarios() -> None:
    with pytest.raises(ScenarioError, match=r"no scenario 'feedercut'; did you mean 'feeder-cut'"):
        load_scenario("feedercut")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.yaml:1: not a mapping: a scenario begins with keys such as title and start"),
        ("- 1", "f.yaml:1: not a mapping: a scenario begins with keys such as title and start"),
        ("a: [", "f.yaml:1: not YAML: while parsing a flow node, expected the node content"),
        (HEAD + "lasts: 2h", "f.yaml:5: a second 'lasts'; the first is in line 4"),
        (HEAD + "1: x", "f.yaml:5: key '1' is not text"),
        (HEAD + "number: !!set {a}", "f.yaml:5: number: "),
        (HEAD + "name: x", "f.yaml:5: name: there is no such key: a scenario is named by its file"),
        (HEAD + "tite: x", "f.yaml:5: tite: there is no such key; did you mean 'title'?"),
        (HEAD + "zzz: x", "f.yaml:5: zzz: there is no such key; known: number, title"),
        (HEAD + "twin: yes", 'f.yaml:5: twin: "yes": Input should be a valid boolean'),
        (HEAD + "number: -1", "f.yaml:5: number: -1: Input should be greater than or equal to 0"),
        (HEAD + "number:", "f.yaml:5: number: has no value"),
        (HEAD + "faults: x", 'f.yaml:5: faults: "x": Input should be a valid array'),
        (
            HEAD + "conditions:\n  intervall: 10s",
            "f.yaml:6: conditions.intervall: there is no such key; did you mean 'interval'?",
        ),
        (
            HEAD + "conditions: {missed: 0.5}",
            "f.yaml:5: conditions.missed: 0.5 is not a percentage from 0% to 100%",
        ),
        (
            HEAD + "conditions: {interval: 10m}",
            "f.yaml:4: lasts: the first 10 intervals of the run, its warm-up, are all of it",
        ),
        (
            HEAD.replace("2026-03-02T08:00:00+07:00", "2026-03-02T08:00:00"),
            "f.yaml:3: start: '2026-03-02T08:00:00' is not RFC 3339",
        ),
        (HEAD.replace("1h", "1:30"), "f.yaml:4: lasts: '1:30' is not a duration such as"),
        (HEAD.replace("1h", "90"), "f.yaml:4: lasts: 90 is not a duration such as"),
        (HEAD.replace("lasts: 1h", ""), "f.yaml:1: lasts: is missing"),
    ],
)
def test_a_wrong_file_is_refused_with_the_line(text: str, message: str) -> None:
    assert problems(text)[0].startswith(message)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("- x", "f.yaml:6: faults[0]: not a mapping: a fault has keys such as fault, name and at"),
        ("- {name: a}", "f.yaml:6: faults[0] 'a': fault: is missing; one of cut, mains_off"),
        (
            "- {name: a, fault: cutt}",
            "f.yaml:6: faults[0] 'a': fault: there is no kind 'cutt'; did you mean 'cut'?",
        ),
        (
            "- name: a\n  fault: cut\n  at: 20m\n  lasts: 90\n  target: {kind: olt}",
            "f.yaml:9: faults[0] 'a': lasts: 90 is not a duration such as 500ms",
        ),
        (
            "- {name: a, fault: cut, at: 20m, target: {kind: olt}}",
            "f.yaml:6: faults[0] 'a': lasts: is missing",
        ),
        (make_cut("A", "kind: olt"), "f.yaml:6: faults[0] 'A': name: \"A\": String should match"),
        (
            make_cut("a", "kind: olt, operater: vnpt"),
            (
                "f.yaml:6: faults[0] 'a': target.operater: there is no such key;"
                " did you mean 'operator'?"
            ),
        ),
        (
            make_cut("a", "kind: oltt"),
            (
                "f.yaml:6: faults[0] 'a': target.kind: \"oltt\" is none of its values;"
                " did you mean 'olt'?"
            ),
        ),
        (
            make_cut("a", "kind: olt, communes: [22015]"),
            (
                "f.yaml:6: faults[0] 'a': target.communes[0]: 22015 is a number here;"
                " for text write '22015'"
            ),
        ),
        (
            make_cut("a", "operator: vnpt"),
            (
                "f.yaml:6: faults[0] 'a': target: one of code, same_as and kind is needed;"
                " this says none of them"
            ),
        ),
        (
            make_cut("a", "code: x, kind: olt"),
            (
                "f.yaml:6: faults[0] 'a': target: one of code, same_as and kind is needed;"
                " this says code and kind"
            ),
        ),
        (
            make_cut("a", "code: x, operator: vnpt"),
            "f.yaml:6: faults[0] 'a': target: operator does not go with code",
        ),
        (
            make_cut("a", "kind: olt, technology: 4g"),
            "f.yaml:6: faults[0] 'a': target: technology does not go with kind olt",
        ),
        (
            make_cut("a", "kind: village, villages: 3"),
            "f.yaml:6: faults[0] 'a': target: villages does not go with kind village",
        ),
        (
            make_cut("a", "kind: olt, count: 2, share: 5%"),
            "f.yaml:6: faults[0] 'a': target: count and share do not go together",
        ),
        (
            make_cut("a", "kind: olt, together_with: [b]"),
            "f.yaml:6: faults[0] 'a': target: together_with needs a share to make up",
        ),
        (
            make_cut("a", "kind: olt, share: 0%"),
            "f.yaml:6: faults[0] 'a': target.share: \"0%\": Input should be greater than 0",
        ),
        (
            make_cut("a", "kind: power_feeder"),
            (
                "f.yaml:6: faults[0] 'a': kind power_feeder is nothing that it can hit;"
                " one of aggregation, card"
            ),
        ),
        (
            "- {name: a, fault: degrade, at: 20m, lasts: 10m, target: {kind: cell}}",
            "f.yaml:6: faults[0] 'a': it degrades nothing: give it a loss or an rtt_factor",
        ),
        (
            (
                "- {name: a, fault: degrade, at: 20m, lasts: 10m, ramp: 1h, loss: 5%,"
                " target: {kind: cell}}"
            ),
            "f.yaml:6: faults[0] 'a': its ramp is longer than it lasts",
        ),
        (
            "- {name: a, fault: flap, at: 20m, lasts: 2m, down: 2m, up: 1m, target: {kind: link}}",
            "f.yaml:6: faults[0] 'a': it ends before it has been down and up once",
        ),
        (
            "- {name: a, fault: noise, at: 20m, lasts: 2m}",
            "f.yaml:6: faults[0] 'a': it changes nothing: give it missed, stalls or silences",
        ),
        (
            "- {name: a, fault: delivery, at: 20m, lasts: 2m, up_to: 1m}",
            "f.yaml:6: faults[0] 'a': it changes nothing: give it duplicates or delayed",
        ),
    ],
)
def test_a_wrong_fault_is_refused_with_its_name(fault: str, message: str) -> None:
    assert problems(make_text(fault))[0].startswith(message)


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (GOOD + GOOD, "f.yaml:7: faults[1] 'good': name: faults[0] has this name too"),
        (
            make_cut("a", "kind: olt", at="4m"),
            "f.yaml:6: faults[0] 'a': at: nothing is judged in the first 5m, the warm-up",
        ),
        (
            make_cut("a", "kind: olt", at="2026-03-02T07:00:00+07:00"),
            "f.yaml:6: faults[0] 'a': at: begins 1h before the run does",
        ),
        (
            make_cut("a", "kind: olt", at="2h"),
            "f.yaml:6: faults[0] 'a': at: the run is over 1h after its start",
        ),
        (
            make_cut("a", "kind: olt", at="51m"),
            "f.yaml:6: faults[0] 'a': at: ends 1m after the run does",
        ),
        (
            "- {name: a, fault: reboot, at: 40m, within: 15m, takes: 10m, target: {kind: device}}",
            "f.yaml:6: faults[0] 'a': at: ends 5m after the run does",
        ),
        (
            "- {name: a, fault: unplug, at: 40m, within: 15m, lasts: 10m, target: {kind: device}}",
            "f.yaml:6: faults[0] 'a': at: ends 5m after the run does",
        ),
        (
            (
                "- {name: a, fault: maintenance, at: 20m, announced: 30m, lasts: 5m,"
                " target: {kind: olt}}"
            ),
            "f.yaml:6: faults[0] 'a': announced: announced 10m before the run begins",
        ),
        (
            GOOD + make_cut("a", "kind: olt, apart_from: [goood]"),
            (
                "f.yaml:7: faults[1] 'a': target.apart_from: there is no fault 'goood';"
                " did you mean 'good'?"
            ),
        ),
        (
            "- {name: b, fault: broker_down, how: crash, at: 20m, lasts: 1m}\n"
            + make_cut("a", "kind: olt, overlaps: b"),
            "f.yaml:7: faults[1] 'a': target.overlaps: fault 'b' hits nothing in particular",
        ),
        (
            make_cut("a", "same_as: b") + make_cut("b", "same_as: a"),
            "f.yaml:6: faults[0] 'a': target: depends on itself through the faults that it names",
        ),
        (
            GOOD + "- {name: a, fault: stick, at: 20m, lasts: 1m, target: {same_as: good}}",
            "f.yaml:7: faults[1] 'a': target.same_as: 'good' hits kind olt, which this cannot hit",
        ),
        (
            (
                "- {name: a, fault: restart_watcher, at: 20m}\n"
                "- {name: b, fault: restart_watcher, at: 30m}"
            ),
            "f.yaml:7: faults[1] 'b': faults[0] restarts the watcher already",
        ),
    ],
)
def test_faults_that_do_not_go_together_are_refused(faults: str, message: str) -> None:
    assert problems(make_text(faults))[0].startswith(message)


@pytest.mark.parametrize("fault", ["missed: 2, fault: noise", "skew: 5m, fault: clock_skew"])
def test_what_a_run_is_like_may_begin_with_it(fault: str) -> None:
    target = ", target: {kind: device}" if "skew" in fault else ""
    make_scenario(f"- {{name: a, at: 0s, lasts: 1h, {fault}{target}}}")


def test_every_problem_is_said_at_once_in_the_order_of_the_file() -> None:
    faults = (
        make_cut("a", "kind: oltt, apart_from: [nobody]")
        + make_cut("b", "kind: olt, apart_from: [nobody, a]", at="1m")
        + make_cut("b", "kind: olt")
    )
    lines = problems("lsats: 1h\n" + make_text(faults))
    assert [line.split(": ", 1)[0] for line in lines] == [
        *("f.yaml:1", "f.yaml:7", "f.yaml:8", "f.yaml:8", "f.yaml:9")
    ]


def test_a_file_of_a_name_that_no_scenario_can_have_is_refused() -> None:
    assert problems(HEAD, name="My Own") == [
        "f.yaml:1: file name 'My Own': only small letters, digits and hyphens"
    ]
