"""Incidents over the API: deeds stand in the story, and nobody undoes what they did not see."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.database.connection import connect
from runtime.database.relations import RULES_CHANNEL
from tests.gateway.api.api_world import ApiWorld
from tests.waiting import DEADLINE

pytestmark = pytest.mark.servers


async def _incident(api: ApiWorld, name: str, *, is_open: bool = True) -> str:
    """Make an incident in which nobody else has a part."""
    await api.rows(
        """
        INSERT INTO incidents (incident_id, class, severity, status, root, root_kind, onset_at,
            opened_at, changed_at, ended_at, cleared_at, planned, notified, flapping, reason,
            summary, villages, links, households, communes, operators, revision)
        SELECT %s, 'outage', 'major', CASE WHEN ended_at IS NULL THEN 'open' ELSE 'cleared' END,
            '{olt-1}', 'olt', now() - INTERVAL '2 hours', now() - INTERVAL '2 hours',
            now() - INTERVAL '1 hour', ended_at, ended_at, false, true, false, 'links-down',
            '{"en": "Outage: OLT"}', 1, 0, 10, ARRAY[%s], '{vnpt}', 1
        FROM (
            SELECT CASE WHEN %s THEN NULL ELSE now() - INTERVAL '1 hour' END AS ended_at
        ) AS ended
        """,
        name,
        api.here,
        is_open,
    )
    return f"/api/v1/incidents/{name}"


def _kinds(story: Any) -> list[tuple[str, str, str]]:  # noqa: ANN401 - JSON
    return [(each["kind"], each["actor"], each["reason"]) for each in story["timeline"]]


async def test_what_is_done_stands_in_the_timeline_with_who_did_it(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-1")

    taken = await api.post(f"{path}/acknowledge", {"comment": "team on the way"})
    given = await api.post(f"{path}/assign", {"to": "Hùng"})
    said = await api.post(f"{path}/comment", {"text": "splice box is open"})
    again = await api.post(f"{path}/acknowledge")
    early = await api.post(f"{path}/close")

    assert [each.status for each in (taken, given, said, again, early)] == [200, 200, 200, 409, 409]
    assert given.json["acknowledged_by"] == "Hà"
    assert given.json["assigned_to"] == "Hùng"
    assert "Hà has acknowledged it" in again.json["detail"]
    assert _kinds(await api.get(path)) == [
        ("acknowledged", "Hà", "team on the way"),
        ("assigned", "Hà", ""),
        ("commented", "Hà", "splice box is open"),
    ]
    found = await api.pages("/api/v1/incidents", assigned_to="Hùng", acknowledged="true")
    assert [each["id"] for each in found] == ["deeds-1"]


async def test_what_is_over_can_be_closed_and_no_longer_taken_on(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-2", is_open=False)

    assert (await api.post(f"{path}/acknowledge")).status == 409
    assert (await api.post(f"{path}/close", {"comment": "done"})).json["closed_by"] == "Hà"
    assert (await api.post(f"{path}/close")).status == 409


async def test_a_deed_on_an_old_version_is_refused_and_does_nothing(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-3")
    seen = (await api.ask(path)).headers["ETag"]
    first = await api.ask(
        f"{path}/acknowledge", "operator", method="POST", headers={"If-Match": seen}
    )

    late = await api.ask(
        f"{path}/assign",
        "operator",
        method="POST",
        body={"to": "Lan"},
        headers={"If-Match": seen},
    )
    fresh = await api.ask(
        f"{path}/assign",
        "operator",
        method="POST",
        body={"to": "Lan"},
        headers={"If-Match": first.headers["ETag"]},
    )

    assert (first.status, late.status, fresh.status) == (200, 412, 200)
    assert [kind for kind, _, _ in _kinds(await api.get(path))] == ["acknowledged", "assigned"]
    assert fresh.json["version"] == fresh.headers["ETag"].strip('"')


async def test_who_has_seen_all_of_it_is_told_so_until_there_is_a_comment(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-9")
    seen = (await api.ask(path)).headers["ETag"]
    for tags in (seen, f'"other", {seen}', "*"):
        again = await api.ask(path, headers={"If-None-Match": tags})
        assert (again.status, again.content, again.headers["ETag"]) == (304, b"", seen)
    assert (await api.ask(path, headers={"If-None-Match": '"other"'})).status == 200
    await api.post(f"{path}/comment", {"text": "hello"})
    now = await api.ask(path, headers={"If-None-Match": seen})
    assert (now.status, now.headers["ETag"] == seen) == (200, False)
    # A comment is no reason against a deed.
    taken = await api.ask(
        f"{path}/acknowledge", "operator", method="POST", headers={"If-Match": seen}
    )
    assert taken.status == 200


async def test_a_key_against_repeats_is_refused_and_nothing_is_done(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-8")
    said = await api.ask(
        f"{path}/comment",
        "operator",
        method="POST",
        body={"text": "hello"},
        headers={"Idempotency-Key": "9"},
    )
    assert said.status == 422
    assert [(each["in"], each["pointer"]) for each in said.json["errors"]] == [
        ("header", "/Idempotency-Key")
    ]
    assert _kinds(await api.get(path)) == []


async def test_an_acknowledgement_is_for_a_time_to_come(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-4")
    past, ahead = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))

    refused = await api.post(f"{path}/acknowledge", {"until": past.isoformat()})
    kept = await api.post(f"{path}/acknowledge", {"until": ahead.isoformat()})

    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/until")
    assert datetime.fromisoformat(kept.json["acknowledged_until"]) == ahead


async def test_the_rules_hear_of_a_deed(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-5")
    async with await connect(api.owner, "tests") as ear:
        await ear.execute(f"LISTEN {RULES_CHANNEL}".encode())
        await api.post(f"{path}/comment", {"text": "hello"})
        async for heard in ear.notifies(timeout=DEADLINE, stop_after=1):
            assert heard.payload == "commented deeds-5"
            return
    pytest.fail("nothing was announced")


async def test_an_incident_goes_out_as_tmf642_has_it(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-6")
    alarm = await api.get(f"{path}/tmf642")

    assert alarm["@type"] == "Alarm"
    assert (alarm["perceivedSeverity"], alarm["probableCause"]) == (
        "major",
        "communicationsSubsystemFailure",
    )
    assert None not in alarm.values()


async def test_wrong_bodies_are_refused_with_the_place_of_each_value(api: ApiWorld) -> None:
    path = await _incident(api, "deeds-7")
    wrong = await api.post(f"{path}/assign", {"too": "Lan", "comment": 5})
    torn = await api.ask(f"{path}/assign", "operator", method="POST", headers={})
    nul = await api.post(f"{path}/comment", {"text": "a\x00b"})
    blank = await api.post(f"{path}/comment", {"text": " \n\t"})
    twice = await api.post(f"{path}/assign", written='{"to": "Lan", "to": "Hoa"}')

    assert wrong.status == 422
    assert {(each["pointer"], each["value"]) for each in wrong.json["errors"]} == {
        ("/to", None),
        ("/too", "Lan"),
        ("/comment", "5"),
    }
    assert "did you mean 'to'?" in str(wrong.json["errors"])
    assert torn.status == 415
    assert nul.status == 422
    assert blank.json["detail"] == "text: nothing but blanks"
    assert twice.status == 400
    assert twice.json["detail"] == "The body is not clear: 'to' stands twice in one object"
    assert _kinds(await api.get(path)) == []


@pytest.mark.parametrize(
    ("recurrence", "said"),
    [
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=MINUTELY", "FREQ"),
        ("FREQ=YEARLY;BYEASTER=500", "BYEASTER"),
    ],
)
async def test_a_rule_of_recurrence_that_never_comes_is_refused_at_once(
    api: ApiWorld, recurrence: str, said: str
) -> None:
    now = datetime.now(UTC)
    window = {
        "scope_kind": "commune",
        "scope_code": api.here,
        "starts_at": now.isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
        "recurrence": recurrence,
    }

    answered = await api.post("/api/v1/windows", window)

    assert (answered.status, answered.json["errors"][0]["pointer"]) == (422, "/recurrence")
    assert said in answered.json["detail"]


async def test_a_window_tells_when_it_comes_next(api: ApiWorld) -> None:
    start = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    window = {
        "scope_kind": "operator",
        "scope_code": "vnpt",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=2)).isoformat(),
        "recurrence": "FREQ=WEEKLY",
    }

    made = (await api.post("/api/v1/windows", window)).json

    assert [datetime.fromisoformat(each["starts_at"]) for each in made["next"]] == [
        start + timedelta(weeks=week) for week in range(3)
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        *("(a+)+$", "a*b*c*d*", "[", "[[a]", "a{99999999999}"),
        *(".?" * 90 + "x", "(.|..)" * 30 + "x", "(?x)(.+) # \n+x"),
    ],
)
async def test_a_pattern_that_could_take_for_ever_or_is_none_is_refused(
    api: ApiWorld, pattern: str
) -> None:
    mute = {
        "matchers": [{"name": "root", "operator": "=~", "value": pattern}],
        "ends_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "comment": "quiet",
    }
    answered = await api.post("/api/v1/mutes", mute)
    assert (answered.status, answered.json["errors"][0]["pointer"]) == (422, "/matchers/0")
