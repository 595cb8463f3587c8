"""Reading rulebooks: every problem at once, with file, line, group, rule and what was meant."""

from pathlib import Path

import pytest

from rules.rulebook.errors import RuleBookError
from rules.rulebook.reader import SHIPPED, parse_rulebook, read_rulebook

GOOD = """\
groups:
  - group: water
    match: {kind: sensor}
    labels: {topic: water}
    rules:
      - rule: high
        kind: threshold
        metric: water_level_m
        unit: m
        above: 5
        clear: 4.5
        for: 10m
        severity: major
        match: {commune: "24133"}
        labels: {level: high}
        summary:
          en: "{{ device }} {{ value|number }} {{ labels.topic }}"
          vi: "{{ device }}"
"""


def problems(content: str, name: str = "b.yaml") -> list[str]:
    with pytest.raises(RuleBookError) as raised:
        parse_rulebook([(content.encode(), name)])
    return list(raised.value.problems)


def test_a_rule_takes_what_its_group_says_and_says_the_rest_itself() -> None:
    (entry,) = parse_rulebook([(GOOD.encode(), "b.yaml")]).rules
    assert (entry.name, entry.source) == ("water/high", "b.yaml:6")
    assert (entry.match.kind, entry.match.commune) == (("sensor",), ("24133",))
    assert entry.labels == {"topic": "water", "level": "high"}


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("for: 10m", "fro: 10m", 12, "fro: there is no such key; did you mean 'for'?"),
        ("for: 10m", "for: 10", 12, "for: 10 is not a duration such as 500ms, 30s, 5m, 2h or 7d"),
        (
            "water_level_m",
            "water_levl_m",
            8,
            "metric: there is no metric 'water_levl_m'; did you mean 'water_level_m'?",
        ),
        (
            "unit: m",
            "unit: cm",
            9,
            "unit: 'cm' is not the unit of water_level_m; did you mean 'm'?",
        ),
        ("above: 5", "above: 5000", 10, "above: 5000 is outside of what can be: -20 to 1000 m"),
        ("above: 5", "above: high", 10, "above: 'high' is not a number"),
        ("clear: 4.5", "clear: 6", 6, "clear 6 is on the wrong side: it must be below 5"),
        ("clear: 4.5", "below: 1", 6, "one of above and below is needed"),
        (
            "clear: 4.5",
            "clear: 4\n        clear_by: 1",
            6,
            "clear and clear_by say the same; one of them is enough",
        ),
        (
            "severity: major",
            "severity: majr",
            13,
            "severity: \"majr\" is none of its values; did you mean 'major'?",
        ),
        (
            'commune: "24133"',
            "comune: x",
            14,
            "match.comune: there is no such key; did you mean 'commune'?",
        ),
        (
            'commune: "24133"',
            "commune: 24133",
            14,
            "match.commune: text, or a list of texts, is needed (codes in quotes)",
        ),
        (
            'commune: "24133"',
            "kind: senzor",
            14,
            "match.kind: no device is of kind 'senzor'; did you mean 'sensor'?",
        ),
        (
            'vi: "{{ device }}"',
            'vi: "{{ devcie }}"',
            18,
            "summary.vi: there is no 'devcie' to say; did you mean 'device'?",
        ),
        ('vi: "{{ device }}"', 'vi: "{{ device "', 18, "summary.vi: cannot be rendered: "),
        (
            'vi: "{{ device }}"',
            'vi: "{{ labels.topik }}"',
            18,
            "summary.vi: cannot be rendered: 'dict object' has no attribute 'topik'",
        ),
        (
            'vi: "{{ device }}"',
            'vi: "{{ device.__class__ }}"',
            18,
            "summary.vi: cannot be rendered: access to attribute '__class__'",
        ),
        ("kind: threshold", "kind: treshold", 7, "there is no kind 'treshold'; did you mean"),
    ],
)
def test_a_problem_is_told_with_its_place_and_what_was_meant(
    old: str, new: str, line: int, said: str
) -> None:
    found = problems(GOOD.replace(old, new, 1))
    assert any(one.startswith(f"b.yaml:{line}: water, high: ") and said in one for one in found), (
        found
    )


def test_nothing_that_is_wrong_hides_anything_else() -> None:
    broken = (
        GOOD.replace("metric: water_level_m", "metric: water_levl_m")
        .replace("severity: major", "severity: majr")
        .replace("clear: 4.5", "clear: 6")
        .replace("{{ device }}", "{{ devcie }}")
        .replace("for: 10m", "fro: 10m")
    )
    assert [one.split(": ", 2)[2].split(";")[0] for one in problems(broken)] == [
        "clear 6 is on the wrong side: it must be below 5",
        "metric: there is no metric 'water_levl_m'",
        "fro: there is no such key",
        'severity: "majr" is none of its values',
        "summary.en: there is no 'devcie' to say",
        "summary.vi: there is no 'devcie' to say",
    ]


def test_two_rules_of_one_name_are_told_also_across_files() -> None:
    with pytest.raises(RuleBookError) as raised:
        parse_rulebook([(GOOD.encode(), "a.yaml"), (GOOD.encode(), "b.yaml")])
    assert raised.value.problems == (
        "b.yaml:6: water, high: a second rule of this name; the first is in a.yaml:6",
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "b.yaml:1: not a mapping: a rulebook begins with groups"),
        ("grups: []", "b.yaml:1: groups: is missing"),
        ("groups: [", "b.yaml:1: not YAML: "),
        ("groups: []", "the rulebook has no rule"),
        ("groups: [{group: g}]", "b.yaml:1: g: rules: is missing"),
        ("groups: [{group: g, rules: [x]}]", "b.yaml:1: g, rule 1: not a mapping"),
    ],
)
def test_a_file_that_is_no_rulebook_is_told(content: str, said: str) -> None:
    assert any(one.startswith(said) for one in problems(content))


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("kind: absence", "for or intervals is needed"),
        ("kind: absence\nfor: 5m\nintervals: 3", "one of them is enough"),
        ("kind: rate\nmetric: water_level_m\nabove: 1", "over: is missing"),
        ("kind: ratio\nabove: 30%", "numerator and denominator are needed, or share with by"),
        (
            "kind: ratio\nabove: 30%\nshare: {metric: loss_percent, above: 3}",
            "share and by go together",
        ),
        (
            "kind: ratio\nabove: 130%\nby: commune\nshare: {metric: loss_percent, above: 3}",
            "above: 1.3 is outside of what can be: 0 to 1",
        ),
        (
            "kind: ratio\nabove: 30%\nby: comune\nshare: {metric: los_percent, above: 3}",
            "by: \"comune\" is none of its values; did you mean 'commune'?",
        ),
        (
            "kind: threshold\nmetric: street_light_on\nbelow: 0.5\nbetween: 25:00-05:00",
            "between: '25:00-05:00' is not hours of the day such as 18:30-05:00",
        ),
    ],
)
def test_what_a_kind_of_rule_needs_is_told(rule: str, said: str) -> None:
    keys = "".join(f"        {line}\n" for line in rule.splitlines())
    content = (
        "groups:\n  - group: g\n    rules:\n      - rule: r\n"
        f"{keys}        severity: major\n        summary: {{en: x, vi: x}}\n"
    )
    assert any(said in one for one in problems(content)), problems(content)


def test_a_directory_is_its_files_and_without_any_path_it_is_the_shipped_book(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    (tmp_path / "b.yaml").write_text(GOOD.replace("group: water", "group: other"))
    (tmp_path / "notes.txt").write_text("no rulebook")
    assert [one.name for one in read_rulebook(tmp_path).rules] == ["water/high", "other/high"]
    assert {file.parent for file in read_rulebook().files} == {SHIPPED}
