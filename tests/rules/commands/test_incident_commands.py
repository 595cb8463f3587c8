"""The commands about incidents, windows and silences, on a real database."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from province.inventory import Inventory
from rules.cli import main
from rules.incidents.entries import entry_of
from rules.incidents.record import IncidentRecord, VillageImpact
from rules.model import VillageState
from rules.store.changes import IncidentChange, apply_changes
from runtime.arguments import FAILED, OK, USAGE
from runtime.database.connection import DatabaseAddress, connect
from tests.rules.made import cleared, record

pytestmark = pytest.mark.servers

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(stocked_url: str, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command; returns its exit code, output and errors."""

    def run_command(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(arguments, {"DATABASE_URL": stocked_url})
        except SystemExit as wrong:
            code = int(wrong.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run_command


@pytest.fixture
def store(stocked_url: str) -> Callable[..., None]:
    """Writes records."""

    async def write(records: tuple[IncidentRecord, ...]) -> None:
        async with await connect(DatabaseAddress.from_url(stocked_url), "tests") as connection:
            await apply_changes(
                connection, [IncidentChange(each, entry_of(each)) for each in records]
            )

    return lambda *records: asyncio.run(write(records))


def answer(output: str) -> Any:  # noqa: ANN401 - JSON's
    return json.loads(output)


def test_incidents_are_ranked_by_what_they_cost(run: Run, store: Callable[..., None]) -> None:
    small = (VillageImpact("v2", 10, VillageState.DARK, 1000.0),)
    store(record(incident="small", impacts=small), record(), cleared(incident="over"))

    code, out, _ = run("incident", "list")
    listed = answer(run("incident", "list", "--status", "all", "--since", "36500d", "--json")[1])

    assert code == OK
    assert [line.split()[0] for line in out.splitlines()] == ["incident", "x1", "small"]
    assert max(map(len, out.splitlines())) <= 100
    assert [each["incident_id"] for each in listed] == ["x1", "small", "over"]
    assert listed[2]["household_minutes"] == 120 * 1000 / 60


def test_a_list_of_what_touches_an_unknown_place_is_refused(run: Run, inventory: Inventory) -> None:
    commune, operator = inventory.communes[0], inventory.operators[0]
    assert run("incident", "list", "--commune", commune.code)[:2] == (OK, "no incidents\n")
    code, out, err = run("incident", "list", "--operator", f"{operator.code}x")
    assert (code, out) == (USAGE, "")
    assert err == (
        f"rules: --operator {operator.code}x: no such operator; did you mean"
        f" {operator.code} ({operator.name})?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("silence", "add", "comune=1"), "matcher comune=\"1\": no incident has a 'comune', "),
        (("silence", "add", "severity=critcal"), "did you mean 'critical'?"),
        (("silence", "add", "commune!=1"), 'matcher commune!="1": no such commune'),
        (("silence", "add", "operator=~x.*", "operator=vnpr"), 'matcher operator="vnpr": no such'),
        (("silence", "add", "root=~(a+)+b"), 'matcher root=~"(a+)+b": a pattern may not repeat a'),
        (("shelve", "--root", "nowhere"), 'matcher root="nowhere": the inventory has nothing of'),
    ],
)
def test_a_silence_that_could_hold_nothing_or_takes_for_ever_is_refused(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = run(*arguments, "--until", "1h", "-m", "drill")
    assert (code, out) == (USAGE, "")
    assert said in err


def test_a_silence_may_name_a_label_that_alerts_have_or_will_have(
    run: Run, store: Callable[..., None], inventory: Inventory
) -> None:
    store(record(labels={"river": "krông-ana"}))
    end = ("--until", "1h", "-m", "drill")
    root = inventory.nodes[0].code
    assert run("silence", "add", "river=x", f"root={root}", *end)[0] == OK
    assert run("silence", "add", "lake=x", *end)[0] == USAGE
    assert run("silence", "add", "lake=x", "--any-label", *end)[0] == OK


def test_a_day_in_the_life_of_an_incident(run: Run, store: Callable[..., None]) -> None:
    store(record(summary={"en": "Outage: " + "OLT " * 40, "vi": "Mất kết nối: OLT"}))
    by = ("--by", "Hà")

    assert run("incident", "ack", "x1", *by, "--until", "4h", "-m", "team on the way")[0] == OK
    assert run("incident", "assign", "x1", *by, "--to", "Bình")[0] == OK
    assert run("incident", "comment", "x1", *by, "-m", "fibre is cut at km 12")[0] == OK
    assert run("incident", "escalate", "x1", *by)[1] == (
        "x1: escalated, level 1; the rules call who is next by the routes\n"
    )
    store(cleared())
    assert run("incident", "close", "x1", *by)[0] == OK
    code, out, _ = run("incident", "show", "x1")
    story = answer(run("incident", "show", "x1", "--json")[1])

    assert code == OK
    assert max(map(len, out.splitlines())) <= 100
    assert [entry["kind"] for entry in story["entries"]] == [
        *("opened", "cleared", "acknowledged", "assigned", "commented", "escalated", "closed"),
    ]
    for word in ("x1", "Mất kết nối", "Hà", "Bình", "km 12", "cleared", "v1"):
        assert word in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("incident", "show", "x9"), FAILED, "incident x9: there is none of that name"),
        (("incident", "ack", "over"), FAILED, "incident over: it was cleared on"),
        (("incident", "close", "x1"), FAILED, "it goes on; shelve it"),
        (("incident", "ack", "x1", "--until", "soon"), USAGE, "'soon' is not a time"),
        (("incident", "comment", "x1"), USAGE, "--comment"),
        (("shelve", "x9", "--until", "1h", "-m", "?"), FAILED, "incident x9"),
        (("silence", "add", "commune", "--until", "1h", "-m", "?"), USAGE, "not NAME=VALUE"),
        (("silence", "cancel", "1"), FAILED, "mute 1: there is none"),
        (("window", "add", "x", "--from", "2026-12-01 22:00", "--for", "1h"), FAILED, "has no"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_name(
    run: Run, store: Callable[..., None], arguments: tuple[str, ...], code: int, said: str
) -> None:
    store(record(), cleared(incident="over"))

    given, out, err = run(*arguments)

    assert (given, out) == (code, "")
    assert said in err


def test_a_recurring_window_shows_when_it_comes_in_local_time(
    run: Run, inventory: Inventory
) -> None:
    village = inventory.villages[0].code
    starts = ("--from", "2030-01-01 22:00", "--for", "3h")
    every = ("--every", "FREQ=WEEKLY;BYDAY=TU")

    code, out, _ = run("window", "add", village, *starts, *every, "--by", "Hà", "-m", "swap")

    assert code == OK
    assert out.splitlines()[:3] == [
        f"window 1 on village {village}",
        "  2030-01-01 22:00 - 2030-01-02 01:00",
        "  2030-01-08 22:00 - 2030-01-09 01:00",
    ]
    listed = run("window", "list")[1]
    assert "FREQ=WEEKLY;BYDAY=TU" in listed
    assert max(map(len, listed.splitlines())) <= 100
    assert answer(run("window", "list", "--json")[1])[0]["scope_code"] == village
    assert run("window", "cancel", "1")[0] == OK
    assert run("window", "list")[1] == "no windows\n"
    code, _, err = run("window", "add", village, *starts, "--every", "hourly")
    assert (code, "recurrence 'hourly'" in err) == (USAGE, True)


def test_a_window_that_began_before_it_was_announced_says_what_that_means(
    run: Run, inventory: Inventory
) -> None:
    operator = inventory.operators[0].code

    _, out, _ = run("window", "add", operator, "--from", "2020-01-01", "--to", "2040-01-01")

    assert "the books leave out nothing of that" in out


def test_silences_and_shelves_are_made_listed_and_cancelled(
    run: Run, store: Callable[..., None], inventory: Inventory
) -> None:
    store(record())
    commune = inventory.communes[0].code
    silence = ("silence", "add", f"commune={commune}", "severity!=critical", "--until", "6h")

    assert run(*silence, "-m", "flood drill", "--by", "Hà")[0] == OK
    assert run("shelve", "x1", "--until", "1d", "-m", "spare part")[0] == OK
    assert run("shelve", "--root", "olt-1", "--until", "1d", "-m", "again")[0] == OK
    listed = answer(run("silence", "list", "--json")[1])

    assert [(each["kind"], each["matchers"]) for each in listed] == [
        ("silence", [f'commune="{commune}"', 'severity!="critical"']),
        ("shelf", ['incident="x1"']),
        ("shelf", ['root="olt-1"']),
    ]
    assert "flood drill" in run("silence", "list")[1]
    for number in ("1", "2", "3"):
        assert run("silence", "cancel", number)[0] == OK
    assert run("silence", "list")[1] == "no silences\n"


def test_incidents_are_exported_for_other_systems(run: Run, store: Callable[..., None]) -> None:
    store(record(), cleared(2, incident="part", into="x1"))
    run("incident", "ack", "x1", "--by", "Hà", "-m", "mine")

    (alarm,) = answer(run("incident", "export", "--format", "tmf642")[1])
    (event,) = answer(run("incident", "export", "--format", "x733")[1])

    assert (alarm["id"], alarm["ackState"], alarm["ackUserId"]) == ("x1", "acknowledged", "Hà")
    assert alarm["comment"][0]["comment"] == "mine"
    assert [each["id"] for each in alarm["correlatedAlarm"]] == ["part"]
    assert event["correlatedNotifications"] == ["part"]
    assert event["perceivedSeverity"] == "critical"
