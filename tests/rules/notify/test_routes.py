"""Routes: who is told, and what is wrong with a file."""

from pathlib import Path
from typing import Any

import pytest

from rules.cli import main
from rules.model import IncidentClass, Severity
from rules.notify.assembly import Outside, make_channels
from rules.notify.errors import RoutesError
from rules.notify.routes_file import parse_routes, read_routes
from runtime.clock import SystemClock
from runtime.settings import SettingsError
from tests.rules.notify.make import NOON, WRITER, make_record, make_routes

RECEIVERS = "receivers: {a: {log: {}}, b: {log: {}}, c: {log: {}}}\n"
HOUR = 3600.0


def told(text: str, at: float = NOON, **record: Any) -> list[str]:  # noqa: ANN401 - any field of a record
    routes = make_routes(RECEIVERS + text)
    return [
        receiver for route in routes.find(make_record(**record), at) for receiver in route.receivers
    ]


@pytest.mark.parametrize(
    ("match", "fits", "misfits"),
    [
        ("commune: [24133, '1']", {"communes": ("9", "24133")}, {"communes": ("9",)}),
        ("operator: vnpt", {"operators": ("vnpt", "x")}, {"operators": ()}),
        (
            "class: rule",
            {"incident_class": IncidentClass.RULE},
            {"incident_class": IncidentClass.OUTAGE},
        ),
        (
            "severity: [critical, major]",
            {"severity": Severity.MAJOR},
            {"severity": Severity.MINOR},
        ),
        ("rule: water/high", {"rule": "water/high"}, {"rule": ""}),
        ("root: pop-7", {"root": ("pop-7", "x")}, {"root": ("x",)}),
        ("labels: {river: krong-ana}", {"labels": {"river": "krong-ana"}}, {"labels": {}}),
        (
            "{severity: major, commune: '1'}",
            {"communes": ("1",)},
            {"communes": ("1",), "severity": Severity.MINOR},
        ),
    ],
)
def test_a_route_matches_what_touches_all_that_it_names(
    match: str, fits: dict[str, Any], misfits: dict[str, Any]
) -> None:
    match = match if match.startswith("{") else f"{{{match}}}"
    text = f"route: {{receivers: a, routes: [{{match: {match}, receivers: b}}]}}"
    assert told(text, **fits) == ["b"]
    assert told(text, **misfits) == ["a"]


def test_the_first_route_wins_unless_it_lets_others_follow() -> None:
    text = """
route:
  receivers: a
  routes:
    - {match: {operator: vnpt}, receivers: b%s}
    - {match: {commune: "24133"}, receivers: c}
"""
    assert told(text % "") == ["b"]
    assert told(text % ", continue: true") == ["b", "c"]


def test_what_a_route_leaves_out_it_has_from_above() -> None:
    routes = make_routes(
        RECEIVERS
        + "route: {receivers: a, group_wait: 7s, language: vi, routes: [{group_by: [commune]}]}"
    )
    (route,) = routes.find(make_record(), NOON)
    assert (route.receivers, route.language, route.group_by) == (("a",), "vi", ("commune",))
    assert route.group_wait.total_seconds() == 7


@pytest.mark.parametrize(
    ("hours", "receiver"),
    [
        (0, "a"),
        (9.99, "a"),
        (10, "b"),
        (17.99, "b"),
        (18, "a"),
        (2 * 24 + 10, "b"),
        (3 * 24 + 10, "a"),
        (3 * 24 + 13, "a"),
        (2 * 24 + 13, "b"),
    ],
)
def test_nights_of_weekdays_run_past_midnight(hours: float, receiver: str) -> None:
    text = """
intervals: {nights: {days: mon-fri, from: "22:00", to: "06:00"}}
route: {receivers: a, routes: [{during: nights, receivers: b}]}
"""
    assert told(text, NOON + hours * HOUR) == [receiver]
    outside = text.replace("during", "outside")
    assert told(outside, NOON + hours * HOUR) == ["a" if receiver == "b" else "b"]


WRONG = """\
receivers:
  a:
    log: {}
    mail: {host: h}
  b: {webhok: {}}
  c: {webhook: {url: "https://x.example", timeout: 5s}}
  d: {log: {}, timeout: 5}
route:
  receivers: a
  routes:
    - match: {comune: x, severity: bad}
    - match: {severity: bad}
"""


def test_every_problem_is_told_with_its_line() -> None:
    with pytest.raises(RoutesError) as caught:
        parse_routes(WRONG.encode(), "r.yaml")
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        f"r.yaml:{number}" for number in (4, 4, 5, 6, 7, 11, 12)
    ]
    assert "webhok: there is no such key; did you mean 'webhook'?" in lines[2]
    assert "'comune' is none of what can be matched; did you mean 'commune'?; there" in lines[5]
    assert "there is no severity 'bad'" in lines[6]


def test_an_address_that_no_server_takes_is_a_problem_of_the_file() -> None:
    text = """
receivers:
  duty:
    mail:
      host: mail.province.example
      sender: Trực ban <trực@province.example>
      recipients: ["Hà <ha@province.example>", ha(at)province.example]
route: {receivers: duty}
"""
    with pytest.raises(RoutesError) as caught:
        parse_routes(text.encode(), "routes.yaml")
    what = "is not an address such as ha@province.example, or NAME <it>"
    assert str(caught.value).splitlines() == [
        f"routes.yaml:6: receivers.duty.mail.sender: 'Trực ban <trực@province.example>' {what}",
        f"routes.yaml:7: receivers.duty.mail.recipients[1]: 'ha(at)province.example' {what}",
    ]


def test_names_that_are_not_there_are_told_beside_what_cannot_be_read() -> None:
    text = """
receivers: {ops: {log: {}}, boss: {mail: {host: h}}}
intervals: {nights: [{fron: "22:00"}]}
route:
  receivers: [ops, opps]
  routes:
    - {during: night, receivers: boss, grup_by: [class]}
"""
    with pytest.raises(RoutesError) as caught:
        make_routes(text)
    said = [line.partition(": ")[2] for line in str(caught.value).splitlines()]
    assert said == [
        "receivers.boss.mail.sender: is missing",
        "receivers.boss.mail.recipients: is missing",
        "intervals.nights[0].fron: there is no such key; did you mean 'from'?",
        "route.receivers: there is no receiver 'opps'; did you mean 'ops'?",
        "route.routes[0].grup_by: there is no such key; did you mean 'group_by'?",
        "route.routes[0].during: there is no interval 'night'; did you mean 'nights'?",
    ]


def test_what_is_named_must_be_there() -> None:
    text = """
receivers: {a: {log: {}}}
route:
  receivers: [a, z]
  routes:
    - during: nights
      escalate: {after: 5m, to: nobody}
"""
    with pytest.raises(RoutesError) as caught:
        make_routes(text)
    assert str(caught.value).splitlines() == [
        "routes.yaml:4: route.receivers: there is no receiver 'z'; known: a",
        "routes.yaml:6: route.routes[0].during: there is no interval 'nights'; known: none",
        "routes.yaml:7: route.routes[0].escalate: there is no receiver 'nobody'; known: a",
    ]


def test_without_a_file_every_notice_is_logged() -> None:
    routes = read_routes(None)
    assert [each.channel for each in routes.receivers.values()] == ["log"]
    assert routes.find(make_record(), NOON)[0].receivers == ("log",)


def test_a_secret_that_cannot_be_used_is_named_and_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("hunter2")
    source = str(tmp_path / "routes.yaml")
    webhook = '{url: "https://x.example", keys_files: [key]}'
    for channel in (
        f"webhook: {webhook}",
        "webhook: {url_file: key}",
        "apprise: {urls_file: key}",
        "webhook: {url_file: nothing-here}",
    ):
        text = f"receivers: {{a: {{{channel}}}}}\nroute: {{receivers: a}}"
        with pytest.raises(SettingsError, match=r"receivers\.a\.") as caught:
            make_channels(parse_routes(text.encode(), source), Outside(WRITER, SystemClock()))
        assert "hunter2" not in str(caught.value)


def test_the_command_says_what_is_wrong_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "routes.yaml"
    path.write_text("receivers: {}\n")
    assert main(["routes", "check", str(path)], {}) == 2
    assert f"{path}:1: receivers: " in capsys.readouterr().err
    assert main(["routes", "check", str(tmp_path / "none")], {}) == 2
    assert "no such file" in capsys.readouterr().err
    path.write_text(RECEIVERS + "route: {receivers: [a]}")
    assert main(["routes", "try", str(path), "--at", "noon"], {}) == 2
    assert main(["routes", "try", str(path), "--label", "river=x"], {}) == 0
