"""Officials: of the rest of the province nothing is there for them, and nothing is theirs to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from tests.gateway.api.api_world import ApiWorld

pytestmark = pytest.mark.servers

LATER = f"{datetime.now(UTC) + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}"
SOON = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"


async def _of(api: ApiWorld, kind: str, commune: str) -> Any:  # noqa: ANN401 - one item of a list
    return (await api.get(f"/api/v1/{kind}", commune=commune, limit="1"))["items"][0]


async def test_lists_have_what_is_theirs_and_nothing_else(api: ApiWorld) -> None:
    for kind, key in (
        ("communes", "code"),
        ("villages", "commune"),
        ("links", "commune"),
        ("sites", "commune"),
        ("devices", "commune"),
    ):
        items = await api.pages(f"/api/v1/{kind}", "official")
        assert {each[key] for each in items} == {api.here}
        everything = await api.pages(f"/api/v1/{kind}")
        assert len(items) == sum(each[key] == api.here for each in everything)
    incidents = await api.pages("/api/v1/incidents", "official")
    assert incidents
    assert all(each["communes"] == [api.here] for each in incidents)


async def test_what_is_elsewhere_is_not_there_word_for_word(api: ApiWorld) -> None:
    village, device, link, site, incident = [
        await _of(api, kind, api.there)
        for kind in ("villages", "devices", "links", "sites", "incidents")
    ]
    for path, name in (
        (f"/api/v1/villages/{village['code']}", village["code"]),
        (f"/api/v1/devices/{device['code']}", device["code"]),
        (f"/api/v1/devices/{device['code']}/readings", device["code"]),
        (f"/api/v1/links/{link['code']}", link["code"]),
        (f"/api/v1/sites/{site['code']}", site["code"]),
        (f"/api/v1/incidents/{incident['id']}", incident["id"]),
        (f"/api/v1/incidents/{incident['id']}/tmf642", incident["id"]),
    ):
        foreign = await api.ask(path, "official")
        absent = await api.ask(path.replace(name, "zz-9"), "official")
        assert foreign.status == absent.status == 404
        assert foreign.content.decode() == absent.content.decode().replace("zz-9", name)
        assert (await api.ask(path, "neighbour")).status == 200
    for query in ({"commune": api.there}, {"village": village["code"]}):
        assert (await api.ask("/api/v1/links", "official", query=query)).status == 422
    month = f"{datetime.now(UTC):%Y-%m}"
    foreign = await api.ask(
        "/api/v1/availability", "official", query={"month": month, "commune": api.there}
    )
    own = await api.get("/api/v1/availability", "official", month=month, by="village")
    assert foreign.status == 422
    assert all(line["code"].startswith(api.here) for line in own["lines"])


async def test_an_incident_that_reaches_further_is_shown_without_the_rest(api: ApiWorld) -> None:
    incident, _ = await api.hit(api.here)
    there = (await _of(api, "villages", api.there))["code"]
    # The line names communes, and the cause may stand in any of them.
    text = Jsonb({"en": f"Outage: site S of {api.there}"})
    await api.rows(
        "UPDATE incidents SET communes = ARRAY[%s, %s], root = ARRAY[%s], summary = %s,"
        " labels = %s WHERE incident_id = %s",
        api.here,
        api.there,
        f"site-{api.there}",
        text,
        Jsonb({"commune": api.there}),
        incident,
    )
    await api.rows(
        "INSERT INTO incident_villages (incident_id, village_code, since, state, households, share)"
        " VALUES (%s, %s, now(), 'dark', 10, 1)",
        incident,
        there,
    )

    story = await api.get(f"/api/v1/incidents/{incident}", "official")
    lines = (await api.ask("/api/v1/incidents", "official", query={"format": "csv"})).content
    alarm = await api.get(f"/api/v1/incidents/{incident}/tmf642", "official")
    acknowledged = await api.post(f"/api/v1/incidents/{incident}/acknowledge", who="official")
    commented = await api.post(
        f"/api/v1/incidents/{incident}/comment", {"text": "no light here"}, "official"
    )

    assert {each["commune"] for each in story["impacts"]} == {api.here}
    assert story["incident"]["communes"] == [api.here]
    said = (story, alarm, lines, commented.json)
    assert [each for each in said if api.there in str(each)] == []
    assert story["incident"]["summary"]["en"]
    assert story["notifications"] == []
    assert acknowledged.status == 403
    assert commented.status == 200
    whole = await api.get(f"/api/v1/incidents/{incident}")
    assert whole["incident"]["root"] == [f"site-{api.there}"]
    assert {each["commune"] for each in whole["impacts"]} == {api.here, api.there}
    assert whole["timeline"][-1]["actor"] == "Y Thu"


async def test_no_deed_is_done_elsewhere(api: ApiWorld) -> None:
    incident, _ = await api.hit(api.there)
    village = (await _of(api, "villages", api.there))["code"]
    before = await api.get(f"/api/v1/incidents/{incident}")
    for deed, body in (
        ("acknowledge", {}),
        ("assign", {"to": "me"}),
        ("comment", {"text": "hello"}),
        ("close", {}),
    ):
        answered = await api.post(f"/api/v1/incidents/{incident}/{deed}", body, "official")
        assert answered.status == 404
    for matchers in (
        [{"name": "commune", "value": api.there}],
        [{"name": "commune", "value": api.here, "operator": "!="}],
        [{"name": "commune", "value": ".*", "operator": "=~"}],
        [{"name": "incident", "value": incident}],
    ):
        mute = {"matchers": matchers, "ends_at": LATER, "comment": "quiet"}
        assert (await api.post("/api/v1/mutes", mute, "official")).status == 403
    for kind, code, status in (
        ("village", village, 422),
        ("commune", api.there, 422),
        ("operator", "vnpt", 403),
    ):
        window = {
            "scope_kind": kind,
            "scope_code": code,
            "starts_at": SOON,
            "ends_at": LATER,
        }
        assert (await api.post("/api/v1/windows", window, "official")).status == status
    after = await api.get(f"/api/v1/incidents/{incident}")
    assert after["timeline"] == before["timeline"]
    assert after["incident"]["version"] == before["incident"]["version"]


async def test_mutes_and_windows_of_their_own_are_theirs(api: ApiWorld) -> None:
    mute = {
        "matchers": [{"name": "commune", "value": api.here}],
        "ends_at": LATER,
        "comment": "the mast is being painted",
    }
    window = {
        "scope_kind": "commune",
        "scope_code": api.here,
        "starts_at": SOON,
        "ends_at": LATER,
        "recurrence": "FREQ=WEEKLY;COUNT=4",
    }
    for kind, body in (("mutes", mute), ("windows", window)):
        made = await api.post(f"/api/v1/{kind}", body, "official")
        assert made.status == 201, made.content
        number = made.json["number"]
        listed = {
            who: {each["number"] for each in await api.pages(f"/api/v1/{kind}", who)}
            for who in ("official", "neighbour", "viewer")
        }
        assert number in listed["official"] & listed["viewer"]
        assert number not in listed["neighbour"]
        cancel = f"/api/v1/{kind}/{number}/cancel"
        assert (await api.post(cancel, who="neighbour")).status == 404
        assert (await api.post(cancel, who="official")).status == 200
        assert (await api.post(cancel, who="official")).status == 409


async def test_who_may_only_read_does_nothing_and_letters_are_for_admins(api: ApiWorld) -> None:
    incident = (await _of(api, "incidents", api.here))["id"]
    path = f"/api/v1/incidents/{incident}/comment"
    body = {"text": "hello"}

    assert (await api.ask(path, "viewer", method="POST", body=body)).status == 403
    assert (await api.ask(path, None, method="POST", body=body)).status == 401
    assert (await api.ask("/api/v1/dead-letters", "operator")).status == 403
    letter = (await api.get("/api/v1/dead-letters", "admin", limit="1"))["items"][0]
    payload = await api.ask(f"/api/v1/dead-letters/{letter['number']}/payload", "admin")
    assert payload.content == b"x"
    assert payload.headers["Content-Type"] == "application/octet-stream"
    assert payload.headers["Content-Disposition"].startswith("attachment")
